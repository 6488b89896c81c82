from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from services.search.readings import Reading, of_this_process, samples_of
from services.search.status import Status, Watch, quantile, status_of
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


def shown(stages: Stages, seconds: float = 10.0, **finished: float) -> Status:
    return status_of(of_this_process(stages.registry.collect)(), finished, seconds, NOON, Fetching())


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
    status = shown(stages, 10.0, cleaner=10.0)
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


def test_what_stands_beside_the_way_has_a_row_where_it_runs() -> None:
    stages = Stages()
    stages.messages.labels("profiler", "passed").inc(5)
    readings = [Reading(list(stages.registry.collect()), "profiler", "10.0.0.7:9100")]
    row = status_of(readings, {}, 10.0, NOON, Fetching()).stages[-1]
    assert (row.stage, row.passed, len(row.processes)) == ("profiler", 5, 1)


def test_rates_look_back_on_the_last_minutes_only() -> None:
    stages, clock = Stages(), Clock()
    watch = Watch(of_this_process(stages.registry.collect), Fetching, clock)
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


def finished(count: float) -> Stages:
    stages = Stages()
    stages.messages.labels("tagger", "passed").inc(count)
    return stages


def test_the_rate_goes_on_when_processes_start_again_come_and_go() -> None:
    """Each step: what the processes of the tagger have counted, by address, and the rate over one more minute."""
    steps: list[tuple[dict[str, float], float]] = [
        ({"a": 1_000_000}, 0.0),  # before anybody looked
        ({"a": 1_000_060}, 1.0),
        ({"a": 30}, (60 + 30) / 120),  # started again
        ({"a": 60, "b": 500_000}, (90 + 30) / 180),  # one came that had been at work elsewhere
        ({"a": 60, "b": 500_120}, (120 + 120) / 240),
        ({"b": 500_180}, (240 + 60) / 300),  # one left for good
    ]
    clock, now = Clock(), iter(steps)

    def read() -> list[Reading]:
        return [
            Reading(list(finished(count).registry.collect()), "tagger", name) for name, count in next(now)[0].items()
        ]

    watch = Watch(read, Fetching, clock)
    for _, rate in steps[1:]:
        clock.step(60)
        assert watch().stages[2].per_second == pytest.approx(rate)


def test_a_process_is_shown_with_its_own_numbers_and_the_stage_with_all() -> None:
    fast, slow = Stages(), Stages()
    for stages, seconds, count, hour in ((fast, 0.02, 97, 1), (slow, 4.0, 3, 2)):
        stages.messages.labels("cleaner", "passed").inc(count)
        stages.messages.labels("cleaner", "rejected").inc(1)
        stages.rejected.labels("cleaner", "empty").inc(1)
        stages.success.labels("cleaner").set(NOON.timestamp() - hour)
        for _ in range(count):
            stages.duration.labels("cleaner").observe(seconds)
    readings = [
        Reading(list(fast.registry.collect()), "cleaner", "10.0.0.1:9100"),
        Reading(list(slow.registry.collect()), "cleaner", "10.0.0.2:9100", "timed out"),
    ]
    stage = status_of(readings, {}, 10.0, NOON, Fetching()).stages[1]
    assert (stage.passed, stage.rejected, stage.reasons) == (100, 2, {"empty": 2})
    assert stage.last_success == NOON - timedelta(seconds=1)
    assert stage.away
    first, second = stage.processes
    assert (first.address, first.passed, first.fault) == ("10.0.0.1:9100", 97, "")
    assert (second.address, second.passed, second.fault) == ("10.0.0.2:9100", 3, "timed out")
    assert stage.p95_seconds is not None
    assert first.p95_seconds is not None
    assert second.p95_seconds is not None
    assert first.p95_seconds <= stage.p95_seconds < second.p95_seconds  # of all messages, of which few were slow


def test_a_gauge_of_a_process_that_is_away_counts_only_where_nobody_else_says_it() -> None:
    def said(fault: str, **partitions: float) -> Reading:
        registry = CollectorRegistry()
        lag = Gauge("wireroom_consumer_lag_messages", "-", ["stage", "topic", "partition"], registry=registry)
        for partition, count in partitions.items():
            lag.labels("cleaner", "article.raw.v1", partition).set(count)
        return Reading(list(registry.collect()), "cleaner", fault or "here", fault)

    stale, live = said("gone", p0=900, p1=40), said("", p0=5, p2=7)
    for readings in ([stale, live], [live, stale]):
        lag = {dict(labels)["partition"]: value for (_, labels), value in samples_of(readings).items()}
        assert lag == {"p0": 5, "p1": 40, "p2": 7}
        assert status_of(readings, {}, 1.0, NOON, Fetching()).stages[1].lag_messages == 52


def test_metrics_read_over_http_give_the_same_status() -> None:
    stages = Stages()
    stages.messages.labels("enricher", "passed").inc(5)
    stages.duration.labels("enricher").observe(0.02)
    parsed = [Reading(list(text_string_to_metric_families(generate_latest(stages.registry).decode())))]
    assert status_of(parsed, {}, 10.0, NOON, Fetching()) == shown(stages)


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
