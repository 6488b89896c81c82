from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from services.search.status import Watch, quantile, samples_of, status_of
from shared.observe import metrics
from shared.observe.fetching import Fetching
from shared.topology import PIPELINE

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Stages:
    """The metrics of the catalogue that the status reads, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        of = {"registry": self.registry}
        self.messages = Counter("wireroom_messages_total", "-", ["stage", "outcome"], **of)
        self.rejected = Counter("wireroom_rejected_total", "-", ["stage", "reason"], **of)
        self.duration = Histogram(
            "wireroom_stage_duration_seconds", "-", ["stage"], buckets=metrics.STAGE_SECONDS, **of
        )
        self.success = Gauge("wireroom_last_success_timestamp_seconds", "-", ["stage"], **of)
        self.paused = Gauge("wireroom_stage_paused", "-", ["stage"], **of)
        self.documents = Gauge("wireroom_index_documents", "-", **of)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("buckets", "p95"),
    [
        ({}, None),
        ({"1.0": 0.0, "+Inf": 0.0}, None),
        ({"1.0": 100.0, "+Inf": 100.0}, 0.95),
        ({"1.0": 0.0, "2.0": 100.0, "+Inf": 100.0}, 1.95),
        ({"1.0": 90.0, "2.0": 100.0, "+Inf": 100.0}, 1.5),
        ({"1.0": 90.0, "2.0": 90.0, "+Inf": 100.0}, 2.0),
        ({"10.0": 100.0, "2.0": 0.0, "+Inf": 100.0}, 9.6),
    ],
)
def test_quantiles_are_those_of_prometheus(buckets: dict[str, float], p95: float | None) -> None:
    assert quantile(0.95, buckets) == pytest.approx(p95)


def test_a_row_for_every_stage_in_order() -> None:
    stages = Stages()
    stages.messages.labels("cleaner", "passed").inc(7)
    stages.messages.labels("cleaner", "rejected").inc(3)
    stages.rejected.labels("cleaner", "timeout").inc(1)
    stages.rejected.labels("cleaner", "empty").inc(2)
    stages.paused.labels("cleaner").set(1)
    stages.success.labels("cleaner").set(NOON.timestamp() - 30)
    for _ in range(20):
        stages.duration.labels("cleaner").observe(0.2)
    stages.documents.set(7)
    status = status_of(samples_of(stages.registry.collect()), {}, 10.0, NOON, Fetching())
    assert [row.stage for row in status.stages] == [stage.name for stage in PIPELINE]
    cleaner = status.stages[1]
    assert (cleaner.per_second, cleaner.passed, cleaner.rejected) == (1.0, 7, 3)
    assert cleaner.paused
    assert not status.stages[2].paused
    assert cleaner.reasons == {"empty": 2, "timeout": 1}
    assert cleaner.p95_seconds == pytest.approx(0.1 + 0.95 * 0.15)
    assert cleaner.last_success == NOON - timedelta(seconds=30)
    assert status.stages[2].p95_seconds is None
    assert status.stages[2].last_success is None
    assert status.documents == 7


def test_rates_look_back_on_the_last_minutes_only() -> None:
    stages, clock = Stages(), Clock()
    watch = Watch(stages.registry.collect, Fetching, clock)
    passed = stages.messages.labels("tagger", "passed")
    passed.inc(600)
    clock.step(60)
    assert watch().stages[2].per_second == 10.0
    for _ in range(5):
        clock.step(60)
        watch()
    clock.step(60)
    passed.inc(30)
    status = watch()
    assert status.window_seconds == 300.0
    assert status.stages[2].per_second == pytest.approx(30 / 300)


def test_a_stage_that_started_again_has_no_negative_rate() -> None:
    before = Stages()
    before.messages.labels("tagger", "passed").inc(100)
    after = Stages()
    after.messages.labels("tagger", "passed").inc(2)
    earlier, now = (samples_of(stages.registry.collect()) for stages in (before, after))
    assert status_of(now, earlier, 60.0, NOON, Fetching()).stages[2].per_second == 0.0


def test_metrics_read_over_http_give_the_same_status() -> None:
    stages = Stages()
    stages.messages.labels("enricher", "passed").inc(5)
    stages.duration.labels("enricher").observe(0.02)
    parsed = samples_of(text_string_to_metric_families(generate_latest(stages.registry).decode()))
    own = samples_of(stages.registry.collect())
    assert status_of(parsed, {}, 1.0, NOON, Fetching()) == status_of(own, {}, 1.0, NOON, Fetching())


def test_the_status_reads_only_metrics_of_the_catalogue() -> None:
    ours, theirs = Stages(), metrics
    pairs = (
        (ours.messages, theirs.MESSAGES),
        (ours.rejected, theirs.REJECTED),
        (ours.duration, theirs.STAGE_DURATION),
        (ours.success, theirs.LAST_SUCCESS),
        (ours.paused, theirs.PAUSED),
        (ours.documents, theirs.INDEX_DOCUMENTS),
    )
    for mine, catalogued in pairs:
        assert next(iter(mine.collect())).name == next(iter(catalogued.collect())).name
