"""How the pipeline is doing, read from the metrics of the stages: the facts behind `/status`.

Counts are since each process started, of those that are there; the rate is over a window of a few minutes, from
readings that are taken whenever somebody asks. So a first look shows the average since `Watch` was made, and says over
how many seconds.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from services.search.readings import Finished, Reading, Samples, by, samples_of
from shared.observe.fetching import Fetching
from shared.topology import PIPELINE, STAGES, Stage

WINDOW_SECONDS = 300.0  # what the rates look back on
LOOK_SECONDS = 10.0  # looks closer together than this tell nothing new


class ProcessStatus(Struct, frozen=True, kw_only=True):
    """One process of a stage, at the address where it was asked."""

    address: str
    passed: int
    rejected: int
    p95_seconds: float | None = None
    last_success: datetime | None = None
    fault: str = ""  # why it does not answer; the numbers are the last that were read


class StageStatus(Struct, frozen=True, kw_only=True):
    """One stage, all its processes together; `p95_seconds` and `last_success` are None before its first message."""

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
    away: bool = False  # not all of its processes answer
    processes: tuple[ProcessStatus, ...] = ()  # empty where the stage is in this process


class Status(Struct, frozen=True, kw_only=True):
    """The whole pipeline at one moment."""

    at: datetime
    window_seconds: float
    documents: int
    fetch_to_index_p95_seconds: float | None
    stages: tuple[StageStatus, ...]
    fetching: Fetching


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


def status_of(
    readings: Sequence[Reading], finished: Mapping[str, float], seconds: float, at: datetime, fetching: Fetching
) -> Status:
    """The status at `at`, from what the processes say and what each stage has `finished` in the last `seconds`."""
    now = samples_of(readings)
    return Status(
        at=at,
        window_seconds=seconds,
        documents=int(now.get(("wireroom_index_documents", frozenset()), 0)),
        fetch_to_index_p95_seconds=quantile(0.95, by(now, "wireroom_fetch_to_index_seconds_bucket", "le")),
        stages=tuple(
            _stage(
                stage,
                now,
                finished.get(stage.name, 0.0) / seconds if seconds > 0 else 0.0,
                tuple(_process(stage, one) for one in readings if one.stage == stage.name),
            )
            for stage in STAGES
            if stage in PIPELINE or any(one.stage == stage.name for one in readings)  # one process has no profiler
        ),
        fetching=fetching,
    )


def _stage(stage: Stage, now: Samples, per_second: float, processes: tuple[ProcessStatus, ...]) -> StageStatus:
    named = frozenset({("stage", stage.name)})
    outcomes = by(now, "wireroom_messages_total", "outcome", stage=stage.name)
    lag = by(now, "wireroom_consumer_lag_messages", "stage", stage=stage.name)
    return StageStatus(
        stage=stage.name,
        does=stage.does,
        per_second=per_second,
        passed=int(outcomes.get("passed", 0)),
        rejected=int(outcomes.get("rejected", 0)),
        reasons=_counts(by(now, "wireroom_rejected_total", "reason", stage=stage.name)),
        p95_seconds=_p95(stage, now),
        last_success=_last_success(stage, now),
        lag_messages=int(lag[stage.name]) if lag else None,
        lag_seconds=now.get(("wireroom_consumer_lag_seconds", named)),
        paused=bool(now.get(("wireroom_stage_paused", named))),
        away=any(process.fault for process in processes),
        processes=processes,
    )


def _process(stage: Stage, reading: Reading) -> ProcessStatus:
    own = samples_of([reading])
    outcomes = by(own, "wireroom_messages_total", "outcome", stage=stage.name)
    return ProcessStatus(
        address=reading.address,
        passed=int(outcomes.get("passed", 0)),
        rejected=int(outcomes.get("rejected", 0)),
        p95_seconds=_p95(stage, own),
        last_success=_last_success(stage, own),
        fault=reading.fault,
    )


def _p95(stage: Stage, samples: Samples) -> float | None:
    return quantile(0.95, by(samples, "wireroom_stage_duration_seconds_bucket", "le", stage=stage.name))


def _last_success(stage: Stage, samples: Samples) -> datetime | None:
    success = samples.get(("wireroom_last_success_timestamp_seconds", frozenset({("stage", stage.name)})))
    return datetime.fromtimestamp(success, UTC) if success else None


class Watch:
    """The status on demand; remembers the readings of the last minutes for the rates. Safe to call from threads.

    Args:
        read: what the processes say now.
        fetching: what the fetcher's store holds now.
        clock: aware UTC now.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[Reading]],
        fetching: Callable[[], Fetching],
        clock: Callable[[], datetime],
    ) -> None:
        self._read = read
        self._fetching = fetching
        self._clock = clock
        self._lock = threading.Lock()
        self._finished = Finished()
        self._looks: deque[tuple[datetime, Mapping[str, float]]] = deque([(clock(), self._finished.after(read()))])

    def __call__(self) -> Status:
        with self._lock:
            at, readings = self._clock(), self._read()
            finished = self._finished.after(readings)
            while len(self._looks) > 1 and (at - self._looks[1][0]).total_seconds() >= WINDOW_SECONDS:
                self._looks.popleft()
            began, before = self._looks[0]
            if (at - self._looks[-1][0]).total_seconds() >= LOOK_SECONDS:
                self._looks.append((at, finished))
        lately = {stage: count - before.get(stage, 0.0) for stage, count in finished.items()}
        return status_of(readings, lately, (at - began).total_seconds(), at, self._fetching())
