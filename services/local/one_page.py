"""One page from its address, asked for once and as politely as any other."""

import os
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from services.fetcher.ask_page import Nothing, ask_page, ask_reserved, reserved
from services.fetcher.clock import Clock, SystemClock
from services.fetcher.decode import Undecodable
from services.fetcher.download import Client
from services.fetcher.feed_document import Feed, FeedDocument
from services.fetcher.gates import Postponed
from services.fetcher.guard import exception
from services.fetcher.manners import Manners
from services.fetcher.means import Means
from services.fetcher.pages import instant, raw_article
from services.fetcher.records import ArticleRecord
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from services.local.inputs import Input, Unreadable
from shared.identity import article_id, next_revision
from shared.settings import load

SOURCE = SourceConfig(id="explain")
PATIENCE_SECONDS = 60.0  # waited for a host's pace; beyond it a command gives up
T = TypeVar("T")


async def patiently(ask: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """Asks; where the host's own pace wants a pause first, waits for that and asks again.

    Raises:
        Postponed: the host wants to be left alone for longer.
    """
    while True:
        try:
            return await ask()
        except Postponed as later:
            if (wait := later.until - clock.now()) > PATIENCE_SECONDS:
                raise
            await clock.sleep(max(0.0, wait))


async def fetch_page(url: str, source: SourceConfig, means: Means) -> Input:
    """The page as a raw article, or why it could not be had; asked for once, with manners.

    Raises:
        Postponed: the host wants to be left alone.
    """
    settings = means.settings
    try:
        await ask_reserved(url, source, means)
        answer = await ask_page(url, {}, source, means)
        if isinstance(answer, Nothing):
            return Unreadable(url, f"{answer.reason}: {answer.detail}" if answer.reason else answer.detail)
        now = means.clock.now()
        record = ArticleRecord(
            article_id=article_id(answer.url),
            url=url,
            final_url=answer.url,
            source_id=source.id,
            channel="page",
            revision=next_revision(instant(now)),
            content_hash="",
            first_seen_at=now,
            discovered_at=now,
        )
        return raw_article(record, answer, source, settings.generation, now, await reserved(answer, source, means))
    except Undecodable as refused:
        return Unreadable(url, f"{refused.refusal}: {refused.detail}")


async def _no_feeds(_: FeedDocument) -> Feed:
    return Feed()


async def fetch_one(url: str) -> Input:
    """The page as a raw article, or why it could not be had. Robots and the address guard hold; nothing is kept."""
    settings, clock = load(FetcherSettings, os.environ), SystemClock()
    allowed = frozenset(map(exception, settings.allow_addresses))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        try:
            async with Client(user_agent(settings), allowed) as client:
                means = Means(store, Manners(store, client, settings, clock), _no_feeds, settings, clock)
                return await patiently(partial(fetch_page, url, SOURCE, means), clock)
        except Postponed:
            return Unreadable(url, "the host asked to be left alone for now")
        finally:
            store.close()
