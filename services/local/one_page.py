"""One page from its address, asked for once and as politely as any other."""

import os
import tempfile
from pathlib import Path

from services.fetcher.clock import SystemClock
from services.fetcher.decode import Undecodable
from services.fetcher.download import Client, Failed, Limits
from services.fetcher.gates import Postponed
from services.fetcher.guard import exception
from services.fetcher.manners import Manners
from services.fetcher.pages import ACCEPT, instant, raw_article
from services.fetcher.records import ArticleRecord
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from services.local.inputs import Input, Unreadable
from shared.identity import article_id, next_revision
from shared.settings import load

SOURCE = SourceConfig(id="explain")


async def fetch_one(url: str) -> Input:
    """The page as a raw article, or why it could not be had. Robots and the address guard hold; nothing is kept."""
    settings, clock = load(FetcherSettings, os.environ), SystemClock()
    limits = Limits(
        wire_bytes=settings.page_wire_bytes,
        decoded_bytes=settings.page_decoded_bytes,
        redirects=settings.page_redirects,
        total_seconds=settings.page_total_seconds,
        connect_seconds=settings.connect_seconds,
    )
    allowed = frozenset(map(exception, settings.allow_addresses))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        try:
            async with Client(user_agent(settings), allowed) as client:
                manners = Manners(store, client, settings, clock)
                answer = await manners.get(url, accept=ACCEPT, headers={}, limits=limits)
            if answer.status != 200:
                return Unreadable(url, f"the server answers {answer.status}")
            now = clock.now()
            record = ArticleRecord(
                article_id=article_id(answer.url),
                url=url,
                final_url=answer.url,
                source_id=SOURCE.id,
                channel="page",
                revision=next_revision(instant(now)),
                content_hash="",
                first_seen_at=now,
                discovered_at=now,
            )
            return raw_article(record, answer, SOURCE, settings.generation, now)
        except (Failed, Undecodable) as refused:
            return Unreadable(url, f"{refused.refusal}: {refused.detail}")
        except Postponed:
            return Unreadable(url, "the host asked to be left alone for now")
        finally:
            store.close()
