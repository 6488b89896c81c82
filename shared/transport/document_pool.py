"""One stage's documents in worker processes: encoded message in, outcome out, whatever the document does."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from shared.outcomes import Done, Reason
from shared.topology import Stage
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout, died_reason
from shared.transport.step import Work, peek, rejected, step


def _prepare(stage: Stage, prepare: Callable[[], Work]) -> Callable[[bytes], Done]:
    return partial(step, stage, prepare())


class DocumentPool:
    """Worker processes that each hold the stage's function.

    Args:
        prepare: builds the function; runs once in each worker, so it must be importable.
        workers, deadline_seconds, memory_bytes: as in `Pool`.
    """

    def __init__(
        self, stage: Stage, prepare: Callable[[], Work], workers: int, deadline_seconds: float, memory_bytes: int
    ) -> None:
        self._stage = stage
        self._pool: Pool[Done] = Pool(partial(_prepare, stage, prepare), workers, deadline_seconds, memory_bytes)

    async def run(self, message: bytes) -> Done:
        """The outcome of one message. A document that hung or killed its worker is rejected, with its identity.

        Raises:
            CannotStart: the workers cannot run at all.
        """
        try:
            return await asyncio.wrap_future(self._pool.submit(message))
        except WorkerTimeout as error:
            reason, detail = Reason.TIMEOUT, str(error)
        except WorkerDied as error:
            reason, detail = died_reason(error), str(error)
        article_id, revision, url = peek(message)
        done = rejected(self._stage, reason, detail)
        return replace(done, article_id=article_id, revision=revision, url=url)

    def kill(self) -> None:
        """Ends the workers at once; what was under way never finishes."""
        self._pool.kill()
