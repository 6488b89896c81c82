"""`python -m services.fetcher sniff FILE|URL...`: what a thing is, and which feeds a page names."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any, TextIO
from urllib.parse import urljoin

from services.fetcher.download import Client
from services.fetcher.feed_command import Unreadable, document_of
from services.fetcher.feed_document import FeedDocument
from services.fetcher.guard import exception
from services.fetcher.means import Parse
from services.fetcher.media import kind
from services.fetcher.repair import NotAFeed
from services.fetcher.settings import FetcherSettings, user_agent

HEAD_BYTES = 256 * 1024  # of a page looked through for links to feeds
FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json"}
)


class _Links(HTMLParser):
    """The `<link rel="alternate">` to feeds (WHATWG HTML 4.6.6.2)."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.feeds: dict[str, str] = {}  # address to title

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and given.get("href"):
            self.base = urljoin(self.base, given["href"])
        rels = given.get("rel", "").lower().split()
        media_type = given.get("type", "").partition(";")[0].strip().lower()
        if tag == "link" and "alternate" in rels and media_type in FEED_TYPES and given.get("href"):
            self.feeds.setdefault(urljoin(self.base, given["href"].strip()), given.get("title", ""))


def feeds_of_page(body: bytes, url: str) -> list[dict[str, str]]:
    """The feeds that an HTML page names, in its order: `{"url", "title"}`."""
    links = _Links(url)
    with suppress(
        ValueError, AssertionError
    ):  # an address or a declaration that nobody can read: what is before counts
        links.feed(body[:HEAD_BYTES].decode("utf-8", "replace"))
    return [{"url": feed, "title": title} for feed, title in links.feeds.items()]


async def _what(document: FeedDocument, parse: Parse) -> dict[str, Any]:
    what = kind(document.body, "")
    if what == "html":
        return {"kind": "page", "feeds": feeds_of_page(document.body, document.url)}
    try:
        feed = await parse(document)
    except NotAFeed as error:
        return {"kind": "text" if what == "text" else "nothing", "why": str(error)}
    if what == "sitemap":
        return {"kind": "sitemap", "entries": len(feed.entries), "sitemaps": len(feed.sitemaps)}
    return {"kind": "feed", "title": feed.title, "entries": len(feed.entries)}


def run(
    sources: Sequence[str],
    settings: FetcherSettings,
    parse: Parse,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Writes `{"source", "kind"}` and what is known of that kind per source, in order, to `out` (standard output).

    `kind` is feed, sitemap, page, text or nothing. Addresses pass the guard; a person asks, so robots.txt is not asked.

    Returns:
        The exit status: 0, or 1 if no source could be read.
    """

    async def answer() -> int:
        readable = 0
        async with Client(user_agent(settings), frozenset(map(exception, settings.allow_addresses))) as client:
            for source in sources:
                try:
                    line = {"source": source, **await _what(await document_of(source, client, settings), parse)}
                except Unreadable as error:
                    print(f"{source}: {error}", file=err or sys.stderr)
                    continue
                except Exception as error:  # what became of the worker
                    line = {"source": source, "kind": "nothing", "why": f"{type(error).__name__}: {error}"}
                readable += 1
                print(json.dumps(line, ensure_ascii=False), file=out or sys.stdout, flush=True)
        return readable

    return 0 if asyncio.run(answer()) else 1
