"""One source, asked once: what its feed says, what robots.txt allows, and one article all the way to the index."""

import asyncio
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import structlog

from services.fetcher.after_poll import Result, pace
from services.fetcher.clock import SystemClock
from services.fetcher.download import Client, Failed
from services.fetcher.feed_document import Entry
from services.fetcher.feed_worker import prepare
from services.fetcher.gates import Postponed
from services.fetcher.guard import exception
from services.fetcher.manners import Manners
from services.fetcher.means import Means
from services.fetcher.origin import feed_address, origin_of
from services.fetcher.parse_pool import parse_in
from services.fetcher.poll import ask
from services.fetcher.records import FeedRecord
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourceConfig, SourcesError, read_sources
from services.fetcher.state import Store
from services.indexer.document import document as document_of
from services.local.explain import report
from services.local.inputs import Unreadable
from services.local.one_page import fetch_page, patiently
from services.local.route import Trail, open_pool, prepare_explained, trail_of
from services.local.settings import LocalSettings
from services.local.through import ERRORS_ONLY
from shared.codec import decode, encode
from shared.messages import EnrichedArticle, RawArticle
from shared.settings import load
from shared.transport.pool import Pool

SHOWN = 10  # entries of a feed


def _source(what: str, file: Path) -> SourceConfig:
    """The configured source with this id; for an address, one that has it as its only feed."""
    if "://" in what:
        return SourceConfig(id="check", feeds=(what,))
    sources = {source.id: source for source in read_sources(file)}
    if what not in sources:
        raise SourcesError(f"{file}: no source {what!r}. It has: {', '.join(sources)}.")
    return sources[what]


def _entries(result: Result, entries: tuple[Entry, ...]) -> None:
    feed = result.feed
    print(f"  {feed.outcome}: {len(entries)} entries{f' in {feed.title!r}' if feed.title else ''}")
    if feed.detail:
        print(f"  {feed.detail}")
    for entry in entries[:SHOWN]:
        print(
            f"  - {entry.told.published or 'no date'}  {entry.told.title or 'no title'}\n    {entry.link or 'no link'}"
        )
    if len(entries) > SHOWN:
        print(f"  … and {len(entries) - SHOWN} more")


async def _walk(source: SourceConfig, means: Means) -> RawArticle | None:
    """Polls every feed of the source once and prints what they say; the first article that could be had."""
    links: list[str] = []
    clock = SystemClock()
    for kind, urls in (("feed", source.feeds), ("sitemap", source.sitemaps)):
        for url in urls:
            print(f"{kind} {url}")
            record = FeedRecord(
                url=feed_address(url), source_id=source.id, kind="sitemap" if kind == "sitemap" else "feed"
            )
            step = pace(record, source, means.settings)
            result = await patiently(partial(ask, record, {}, source, step, means), clock)
            entries = result.given.entries if result.given else ()
            _entries(result, entries)
            links += [entry.link for entry in entries if entry.link.startswith(("http://", "https://"))]
    for link in links:
        try:
            origin = origin_of(link)
            robots = await patiently(partial(means.manners.robots, origin), clock)
        except (ValueError, Failed) as error:
            print(f"\n{link}\n  refused: {error}")
            continue
        decision = robots.allowed(link)
        by = f"line {decision.line}" if decision.line else "no line of it says otherwise"
        pause = f", {robots.crawl_delay:g} s between requests" if robots.crawl_delay is not None else ""
        print(f"\n{link}\n  robots.txt: {'allowed' if decision.allowed else 'forbidden'} ({by}{pause})")
        if decision.allowed:
            article = await patiently(partial(fetch_page, link, source, means), clock)
            if not isinstance(article, Unreadable):
                return article
            print(f"  {article.why}")
    return None


async def _fetched(source: SourceConfig, settings: FetcherSettings) -> RawArticle | None:
    pool = Pool(prepare, 1, settings.feed_parse_seconds)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        try:
            allowed = frozenset(map(exception, settings.allow_addresses))
            async with Client(user_agent(settings), allowed) as client:
                clock = SystemClock()
                manners = Manners(store, client, settings, clock)
                return await _walk(source, Means(store, manners, parse_in(pool.submit), settings, clock))
        finally:
            store.close()
            pool.kill()


def _indexed(trail: Trail) -> None:
    last = trail[-1]
    if last.out is None:
        print("\nNothing would be indexed.")
        return
    document = document_of(decode(last.out, EnrichedArticle))
    print("\nindexed")
    for name in document.__struct_fields__:
        if name != "article" and (value := getattr(document, name)) not in (None, "", ()):
            print(f"  {name}: {value}")


def check(what: str, sources_file: Path | None, settings: LocalSettings) -> int:
    """Prints the walk. Returns the exit status: 0, 1 where no article could be had.

    Raises:
        SourcesError: no such source, or the sources cannot be read.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(ERRORS_ONLY))
    fetcher = load(FetcherSettings, os.environ)
    source = _source(what, sources_file or Path(fetcher.sources_file))
    try:
        article = asyncio.run(_fetched(source, fetcher))
    except Postponed:
        print(f"{what}: the host asked to be left alone for now", file=sys.stderr)
        return 1
    if article is None:
        print("\nNo article could be had.", file=sys.stderr)
        return 1
    message = encode(article)
    pool = open_pool(1, settings.document_seconds, settings.worker_memory_mib << 20, prepare_explained)
    try:
        trail = trail_of(pool.submit(message), message)
    finally:
        pool.close()
    print(f"\n{report(message, trail)}")
    _indexed(trail)
    return 0
