"""The middle stages in a row, in one worker process: raw bytes in, the trail of outcomes out."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

import services.cleaner.work
import services.enricher.work
import services.tagger.work
from shared.outcomes import Done, Reason
from shared.topology import CLEANER, ENRICHER, TAGGER
from shared.transport.memory import Route, walk
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout, died_reason
from shared.transport.step import peek, rejected

Trail = list[Done]


def route(profiles: Path | None = None) -> Route:
    """Every middle stage with its function, models and tables loaded; host profiles from a file, where one is named."""
    return (
        (CLEANER, services.cleaner.work.prepare(profiles)),
        (TAGGER, services.tagger.work.prepare()),
        (ENRICHER, services.enricher.work.prepare(profiles)),
    )


def _carry(stages: Route, data: bytes) -> Trail:
    trail = walk(stages, data)
    return [replace(done, out=None) for done in trail[:-1]] + trail[-1:]  # only the end travels back to the parent


def prepare(profiles: Path | None = None) -> Callable[[bytes], Trail]:
    """Runs once in each worker; the task's trail keeps `out` of the last stage only."""
    return partial(_carry, route(profiles))


def prepare_explained() -> Callable[[bytes], Trail]:
    """Like `prepare`, with every stage's message kept."""
    return partial(walk, route())


def trail_of(future: "Future[Trail]", data: bytes) -> Trail:
    """The trail of a finished document; one that was killed is rejected, with its identity.

    Raises:
        CannotStart: the workers cannot run at all.

    All middle stages share one worker here, so a document that hangs or crashes is counted at the first of them.
    """
    try:
        return future.result()
    except WorkerTimeout as error:
        reason, detail = Reason.TIMEOUT, str(error)
    except WorkerDied as error:
        reason, detail = died_reason(error), str(error)
    article_id, revision, url = peek(data)
    done = rejected(CLEANER, reason, detail)
    return [replace(done, article_id=article_id, revision=revision, url=url)]


def open_pool(
    workers: int, deadline_seconds: float, memory_bytes: int, task: Callable[[], Callable[[bytes], Trail]] = prepare
) -> Pool[Trail]:
    """The pool that runs the route."""
    return Pool(task, workers, deadline_seconds, memory_bytes)
