"""From the fetcher's outbox through the stages into the index: the postman of the all-in-one process.

The acknowledgement is the index commit, or the fsync of the parked file. A raw article leaves the outbox only after
that, so a crash at any point loses nothing: what was under way is taken from the outbox again, and the index applies
the same revision twice with the same result. Documents finish in any order; the index keeps the newest revision.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from services.indexer.sink import write
from services.local.parked import Parked
from services.local.route import Trail, trail_of
from shared.codec import decode
from shared.identity import digest
from shared.messages import EnrichedArticle
from shared.observe.metrics import INDEX_DOCUMENTS
from shared.observe.record import record
from shared.outcomes import Done, Reason
from shared.searchindex.index import SearchIndex, Verdict
from shared.topology import CLEANER, FETCHER, INDEXER
from shared.transport.breaker import Breaker
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout
from shared.transport.step import peek, rejected

WINDOW = 64  # raw articles under way at once
IDLE_SECONDS = 0.1
FIRST_PROBE_SECONDS = 1.0

Finished = tuple[int, bytes, Trail]  # outbox row, raw message, what became of it


class Outbox(Protocol):
    """What the pump needs of the fetcher's store."""

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]: ...

    def acknowledge(self, rows: Sequence[int]) -> None: ...


async def pump(
    outbox: Outbox, pool: Pool[Trail], index: SearchIndex, parked: Parked, batch: int, stop: asyncio.Event
) -> None:
    """Runs until `stop` is set, then returns at once; what is under way stays in the outbox for the next start.

    Raises:
        CannotStart: the worker processes cannot run at all.
    """
    carrier = _Carrier(pool)
    running: set[asyncio.Task[Finished]] = set()
    last = 0
    try:
        while not stop.is_set():
            fresh = outbox.pending(WINDOW - len(running), last) if len(running) < WINDOW else []
            running |= {asyncio.create_task(carrier.carry(row, data)) for row, data in fresh}
            last = fresh[-1][0] if fresh else last
            if not running:
                await asyncio.sleep(IDLE_SECONDS)
                continue
            done, running = await asyncio.wait(running, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            ready = [task.result() for task in done]
            for some in (ready[start : start + batch] for start in range(0, len(ready), batch)):
                if not await _settled(some, index, parked, stop):
                    return
                outbox.acknowledge([row for row, _, _ in some])
            INDEX_DOCUMENTS.set(index.count())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class _Stopped(Exception):
    """The job ends while the index does not take a batch."""


async def _settled(ready: Sequence[Finished], index: SearchIndex, parked: Parked, stop: asyncio.Event) -> bool:
    """Settles a batch in a thread; False where `stop` came while the index would not take it (a full disk)."""
    ending = threading.Event()

    def wait(seconds: float) -> None:
        if ending.wait(seconds):
            raise _Stopped

    settling = asyncio.create_task(asyncio.to_thread(settle, ready, index, parked, wait))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([settling, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not settling.done():
        ending.set()
    try:
        await settling
    except _Stopped:
        return False
    return True


class _Carrier:
    """Carries raw articles through the stages; while most of them fail, none is given up (see `Breaker`)."""

    def __init__(self, pool: Pool[Trail]) -> None:
        self._pool = pool
        self._breaker = Breaker(CLEANER.name, self._run, FIRST_PROBE_SECONDS)
        self._trails: dict[str, Trail] = {}  # the latest trail of each message under way, by its digest

    async def carry(self, row: int, data: bytes) -> Finished:
        await self._breaker.settle(data, await self._breaker.attempt(data))
        return row, data, self._trails.pop(digest(data))

    async def _run(self, data: bytes) -> Done:
        future = self._pool.submit(data)
        with suppress(WorkerTimeout, WorkerDied):  # `trail_of` says what they mean
            await asyncio.wrap_future(future)
        trail = trail_of(future, data)
        self._trails[digest(data)] = trail
        return trail[-1]


def settle(
    ready: Sequence[Finished], index: SearchIndex, parked: Parked, wait: Callable[[float], object] = time.sleep
) -> None:
    """Indexes what passed and parks what did not; returns when both are durable.

    `wait` is called with seconds while the index is busy; it ends the waiting by raising.
    """
    now = datetime.now(UTC)
    articles: list[EnrichedArticle] = []
    messages: list[bytes] = []
    for _, data, trail in ready:
        article_id, revision, url = peek(data)
        record(Done(stage=FETCHER.name, outcome="passed", article_id=article_id, revision=revision, url=url))
        for done in trail:
            record(done)
        if trail[-1].out is None:
            parked.park(trail[-1], data, now)
        else:
            articles.append(decode(trail[-1].out, EnrichedArticle))
            messages.append(trail[-1].out)
    for article, message, outcome in zip(articles, messages, write(index, articles, sleep=wait), strict=True):
        if outcome.verdict is Verdict.REJECT:
            done = rejected(INDEXER, Reason.UNMAPPABLE, outcome.detail, article)
            parked.park(done, message, now)
        else:
            done = Done(
                stage=INDEXER.name,
                outcome="passed",
                detail=outcome.verdict,
                article_id=article.article_id,
                revision=article.revision,
                generation=article.generation,
                url=article.url,
            )
        record(done)
    parked.sync()
