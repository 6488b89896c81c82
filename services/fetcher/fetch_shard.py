"""The work on one shard: its loop, and what it says to the other shards and they to it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec.structs import replace

from services.fetcher.clock import Clock
from services.fetcher.crawl import Arrivals, follow
from services.fetcher.download import Client, Failed
from services.fetcher.gates import Postponed
from services.fetcher.handover import Found
from services.fetcher.manners import Manners
from services.fetcher.means import Means, Parse
from services.fetcher.neighbours import (
    Answered,
    Errand,
    Later,
    Neighbours,
    Question,
    Reply,
    Taken,
    Unanswered,
    hand_over,
    listening,
)
from services.fetcher.outboxes import Outboxes
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources_watch import SourcesWatch
from services.fetcher.state import Store


class Surroundings:
    """What the shards of one process share."""

    def __init__(
        self,
        sources: SourcesWatch,
        client: Client,
        parse: Parse,
        settings: FetcherSettings,
        clock: Clock,
        outboxes: Outboxes,
    ) -> None:
        self._sources = sources
        self._client = client
        self._parse = parse
        self._settings = replace(settings, origins_at_once=-(-settings.origins_at_once // settings.shards))
        self._clock = clock
        self._outboxes = outboxes

    async def fetch(self, store: Store, stop: asyncio.Event) -> None:
        """The work on one shard: fetches into its outbox until `stop` is set; see `crawl.follow`.

        Raises:
            sqlite3.Error: the store cannot be written.
            OSError: the data folder takes no socket.
        """
        folder, shard, arrivals = Path(self._settings.data_folder), store.shard, Arrivals()
        neighbours = Neighbours(folder, shard, self._clock) if shard.count > 1 else None
        manners = Manners(store, self._client, self._settings, self._clock, neighbours)
        means = Means(store, manners, self._parse, self._settings, self._clock)

        async def reply(question: Question) -> Reply:
            if isinstance(question, Found):
                arrivals.put(store.receive(question, self._clock.now()))
                return Taken()
            return await _errand(question, manners)

        async with AsyncExitStack() as stack:
            if neighbours is not None:
                await stack.enter_async_context(listening(folder, shard, reply))
                telling = asyncio.create_task(hand_over(store, neighbours))
                stack.callback(telling.cancel)
            following = self._sources.follower()
            await follow(self._sources.sources, means, stop, following, arrivals, self._outboxes.outbox_size)


async def _errand(errand: Errand, manners: Manners) -> Reply:
    try:
        answer = await manners.get(
            errand.url,
            accept=errand.accept,
            headers=errand.headers,
            limits=errand.limits,
            delay=errand.delay,
            obey=errand.obey,
            proxy=errand.proxy,
            patience=errand.patience,
        )
    except Failed as failed:
        return Unanswered(failed.refusal, failed.detail, failed.temporary)
    except Postponed as later:
        return Later(later.until)
    return Answered(answer)
