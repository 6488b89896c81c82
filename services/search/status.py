"""How the pipeline is doing, read from the metrics of the stages: the facts behind `/status`.

Counts are since each stage started; the rate is over a window of a few minutes, from readings that are taken whenever
somebody asks. So a first look shows the average since `Watch` was made, and says over how many seconds.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct
from prometheus_client.metrics_core import Metric

from shared.observe.fetching import Fetching
from shared.topology import PIPELINE

WINDOW_SECONDS = 300.0  # what the rates look back on
READING_SECONDS = 10.0  # readings closer together than this tell nothing new

Labels = frozenset[tuple[str, str]]
Samples = Mapping[tuple[str, Labels], float]


class StageStatus(Struct, frozen=True, kw_only=True):
    """One stage; `p95_seconds` and `last_success` are None before its first message."""

    stage: str
    does: str
    per_second: float
    passed: int
    rejected: int
    reasons: dict[str, int] = {}
    p95_seconds: float | None = None
    last_success: datetime | None = None
    lag_messages: int | None = None  # waiting on its topic; None without a topic
    lag_seconds: float | None = None  # age of the oldest of them
    paused: bool = False  # it holds everything: most messages fail, or what it writes to is away
    away: bool = False  # not all of its processes answer; the numbers are the last that were read


class Status(Struct, frozen=True, kw_only=True):
    """The whole pipeline at one moment."""

    at: datetime
    window_seconds: float
    documents: int
    fetch_to_index_p95_seconds: float | None
    stages: tuple[StageStatus, ...]
    fetching: Fetching


def samples_of(families: Iterable[Metric]) -> Samples:
    """Metric families as a table, of one registry or of several processes.

    What several processes say under one name and labels is summed for counters and histograms; of gauges the largest
    counts, since a process that has nothing to do with a gauge exports it as 0.
    """
    table: dict[tuple[str, Labels], float] = {}
    for family in families:
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            said = table.get(key)
            if said is None:
                table[key] = sample.value
            else:
                table[key] = max(said, sample.value) if family.type == "gauge" else said + sample.value
    return table


def _by(samples: Samples, name: str, label: str, **fixed: str) -> dict[str, float]:
    """The values of a metric by one label, sorted by label, where the `fixed` labels have these values."""
    found: dict[str, float] = {}
    for (sample, labels), value in samples.items():
        given = dict(labels)
        if sample == name and label in given and fixed.items() <= given.items():
            found[given[label]] = found.get(given[label], 0.0) + value
    return dict(sorted(found.items()))


def _counts(values: Mapping[str, float]) -> dict[str, int]:
    """What has happened at least once."""
    return {name: int(value) for name, value in values.items() if value}


def quantile(share: float, buckets: Mapping[str, float]) -> float | None:
    """The value under which `share` of a histogram lies, linear inside a bucket as Prometheus' `histogram_quantile`.

    Args:
        share: 0 to 1.
        buckets: cumulative counts by upper bound, as the `le` label writes it. What lies above the highest finite
            bound counts as that bound. None where the histogram is empty.
    """
    ordered = sorted((float(bound), count) for bound, count in buckets.items())
    if not ordered or not ordered[-1][1]:
        return None
    wanted = share * ordered[-1][1]
    lower, below = 0.0, 0.0
    for bound, count in ordered:
        if count >= wanted and count > below:
            return lower if math.isinf(bound) else lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = (lower if math.isinf(bound) else bound), count
    return lower


def status_of(now: Samples, before: Samples, seconds: float, at: datetime, fetching: Fetching) -> Status:
    """The status at `at`, from the samples now and those of `seconds` ago."""
    stages = []
    for stage in PIPELINE:
        named = frozenset({("stage", stage.name)})
        outcomes = _by(now, "wireroom_messages_total", "outcome", stage=stage.name)
        earlier = _by(before, "wireroom_messages_total", "outcome", stage=stage.name)
        finished = sum(outcomes.values()) - sum(earlier.values())
        lag = _by(now, "wireroom_consumer_lag_messages", "stage", stage=stage.name)
        success = now.get(("wireroom_last_success_timestamp_seconds", named))
        stages.append(
            StageStatus(
                stage=stage.name,
                does=stage.does,
                per_second=max(0.0, finished / seconds) if seconds > 0 else 0.0,  # a restarted stage counts from zero
                passed=int(outcomes.get("passed", 0)),
                rejected=int(outcomes.get("rejected", 0)),
                reasons=_counts(_by(now, "wireroom_rejected_total", "reason", stage=stage.name)),
                p95_seconds=quantile(0.95, _by(now, "wireroom_stage_duration_seconds_bucket", "le", stage=stage.name)),
                last_success=datetime.fromtimestamp(success, UTC) if success else None,
                lag_messages=int(lag[stage.name]) if lag else None,
                lag_seconds=now.get(("wireroom_consumer_lag_seconds", named)),
                paused=bool(now.get(("wireroom_stage_paused", named))),
                away=now.get(("up", named)) == 0,
            )
        )
    return Status(
        at=at,
        window_seconds=seconds,
        documents=int(now.get(("wireroom_index_documents", frozenset()), 0)),
        fetch_to_index_p95_seconds=quantile(0.95, _by(now, "wireroom_fetch_to_index_seconds_bucket", "le")),
        stages=tuple(stages),
        fetching=fetching,
    )


def _answering(samples: Samples) -> set[str]:
    """The stages whose processes answer, where somebody asks them."""
    return {stage for stage, value in _by(samples, "up", "stage").items() if value}


class Watch:
    """The status on demand; remembers the readings of the last minutes for the rates. Safe to call from threads.

    Args:
        read: the metric families now, e.g. `prometheus_client.REGISTRY.collect`.
        fetching: what the fetcher's store holds now.
        clock: aware UTC now.
    """

    def __init__(
        self,
        read: Callable[[], Iterable[Metric]],
        fetching: Callable[[], Fetching],
        clock: Callable[[], datetime],
    ) -> None:
        self._read = read
        self._fetching = fetching
        self._clock = clock
        self._lock = threading.Lock()
        self._readings: deque[tuple[datetime, Samples]] = deque([(clock(), samples_of(read()))])
        self._met = _answering(self._readings[0][1])

    def __call__(self) -> Status:
        with self._lock:
            at, now = self._clock(), samples_of(self._read())
            if _answering(now) - self._met:
                self._readings.clear()  # a stage that was never read before: its counts so far are no rate
                self._readings.append((at, now))
            self._met |= _answering(now)
            while len(self._readings) > 1 and (at - self._readings[1][0]).total_seconds() >= WINDOW_SECONDS:
                self._readings.popleft()
            began, before = self._readings[0]
            if (at - self._readings[-1][0]).total_seconds() >= READING_SECONDS:
                self._readings.append((at, now))
        return status_of(now, before, (at - began).total_seconds(), at, self._fetching())
