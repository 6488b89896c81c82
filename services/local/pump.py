"""From the fetcher's outbox through the stages into the index: the postman of the all-in-one process.

The acknowledgement is the index commit, or the fsync of the parked file. A raw article leaves the outbox only after
that, so a crash at any point loses nothing: what was under way is taken from the outbox again, and the index applies
the same revision twice with the same result. Documents finish in any order; the index keeps the newest revision.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Protocol

from services.indexer.sink import write
from services.local.parked import Parked
from services.local.route import Trail, trail_of
from shared.codec import decode
from shared.messages import EnrichedArticle
from shared.observe.metrics import INDEX_DOCUMENTS
from shared.observe.record import record
from shared.outcomes import Done, Reason
from shared.searchindex.index import SearchIndex, Verdict
from shared.topology import FETCHER, INDEXER
from shared.transport.pool import Pool
from shared.transport.step import peek, rejected

WINDOW = 64  # raw articles under way at once
IDLE_SECONDS = 0.1

Finished = tuple[int, bytes, Trail]  # outbox row, raw message, what became of it


class Outbox(Protocol):
    """What the pump needs of the fetcher's store."""

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]: ...

    def acknowledge(self, rows: Sequence[int]) -> None: ...


async def pump(
    outbox: Outbox, pool: Pool[Trail], index: SearchIndex, parked: Parked, batch: int, stop: asyncio.Event
) -> None:
    """Runs until `stop` is set, then returns at once; what is under way stays in the outbox for the next start."""
    loop = asyncio.get_running_loop()
    finished: asyncio.Queue[Finished] = asyncio.Queue()
    last = 0
    under_way = 0

    def submit(row: int, data: bytes) -> None:
        def done(future: "Future[Trail]") -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(finished.put_nowait, (row, data, trail_of(future, data)))

        pool.submit(data).add_done_callback(done)

    while not stop.is_set():
        for row, data in outbox.pending(WINDOW - under_way, last) if under_way < WINDOW else ():
            submit(row, data)
            last, under_way = row, under_way + 1
        ready = await _gather(finished, batch)
        if ready:
            await asyncio.to_thread(settle, ready, index, parked)
            outbox.acknowledge([row for row, _, _ in ready])
            INDEX_DOCUMENTS.set(index.count())
            under_way -= len(ready)


async def _gather(finished: "asyncio.Queue[Finished]", batch: int) -> list[Finished]:
    """What has finished by now, waiting a moment for the first."""
    try:
        ready = [await asyncio.wait_for(finished.get(), IDLE_SECONDS)]
    except TimeoutError:
        return []
    while len(ready) < batch and not finished.empty():
        ready.append(finished.get_nowait())
    return ready


def settle(ready: Sequence[Finished], index: SearchIndex, parked: Parked) -> None:
    """Indexes what passed and parks what did not; returns when both are durable."""
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
    for article, message, outcome in zip(articles, messages, write(index, articles), strict=True):
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
