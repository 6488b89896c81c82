"""One stage's documents in worker processes: encoded message in, outcome out, whatever the document does."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from shared.codec import decode
from shared.messages import EMPTY_PROFILE, Article, HostProfile
from shared.outcomes import Done, Reason
from shared.topology import Stage
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout, died_reason
from shared.transport.step import Work, peek, rejected, step


def _prepare(stage: Stage, prepare: Callable[[], Work]) -> Callable[[bytes], Done]:
    return partial(step, stage, prepare())


def _profiled(stage: Stage, work: Callable[..., Article], data: bytes) -> Done:
    """A profile in its encoded form, a line feed (which no JSON of ours holds), and the message."""
    known, _, message = data.partition(b"\n")
    profile = decode(known, HostProfile) if known else EMPTY_PROFILE
    return step(stage, partial(work, profile=profile), message)


def _prepare_profiled(stage: Stage, prepare: Callable[[], Work]) -> Callable[[bytes], Done]:
    return partial(_profiled, stage, prepare())


class DocumentPool:
    """Worker processes that each hold the stage's function.

    Args:
        prepare: builds the function; runs once in each worker, so it must be importable.
        workers, deadline_seconds, memory_bytes, documents: as in `Pool`.
        profile_of: the encoded host profile for an encoded message, empty where nothing is known; it goes to the worker
            with the message, and the function gets it as `profile`. None: the function gets the message alone.
    """

    def __init__(
        self,
        stage: Stage,
        prepare: Callable[[], Work],
        workers: int,
        deadline_seconds: float,
        memory_bytes: int,
        documents: int,
        profile_of: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._stage, self._profile_of = stage, profile_of
        task = partial(_prepare_profiled if profile_of else _prepare, stage, prepare)
        self._pool: Pool[Done] = Pool(task, workers, deadline_seconds, memory_bytes, documents)

    async def run(self, message: bytes) -> Done:
        """The outcome of one message. A document that hung or killed its worker is rejected, with its identity.

        Raises:
            CannotStart: the workers cannot run at all.
        """
        data = message if self._profile_of is None else self._profile_of(message) + b"\n" + message
        try:
            return await asyncio.wrap_future(self._pool.submit(data))
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
