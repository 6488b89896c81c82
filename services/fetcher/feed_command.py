"""`python -m services.fetcher feed FILE|URL...`: what feeds and sitemaps name, one JSON line per entry."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from services.fetcher.download import Client, Failed, Limits
from services.fetcher.feed_document import Entry, FeedDocument
from services.fetcher.freshness import header
from services.fetcher.guard import exception
from services.fetcher.means import Parse
from services.fetcher.media import content_type
from services.fetcher.poll import ACCEPT
from services.fetcher.repair import NotAFeed
from services.fetcher.settings import FetcherSettings, user_agent


class Unreadable(ValueError):
    """A file or address that gives no document. The message says why."""


def _file(name: str, settings: FetcherSettings) -> FeedDocument:
    try:
        body = Path(name).read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None
    if len(body) > settings.feed_decoded_bytes:
        raise Unreadable(f"over {settings.feed_decoded_bytes} bytes")
    return FeedDocument(url="", body=body, max_entries=settings.feed_entries, max_bytes=settings.feed_decoded_bytes)


async def _address(url: str, client: Client, settings: FetcherSettings) -> FeedDocument:
    limits = Limits(
        wire_bytes=settings.feed_wire_bytes,
        decoded_bytes=settings.feed_decoded_bytes,
        redirects=settings.feed_redirects,
        total_seconds=settings.feed_total_seconds,
        connect_seconds=settings.connect_seconds,
    )
    try:
        answer = await client.get(url, accept=ACCEPT, limits=limits)
    except Failed as failed:
        raise Unreadable(str(failed)) from None
    if answer.status != 200:
        raise Unreadable(f"status {answer.status}")
    _, charset = content_type(header(answer.headers, "content-type"))
    return FeedDocument(
        url=answer.url,
        body=answer.body,
        charset=charset,
        max_entries=settings.feed_entries,
        max_bytes=settings.feed_decoded_bytes,
    )


async def document_of(source: str, client: Client, settings: FetcherSettings) -> FeedDocument:
    """The bytes of a file or address.

    Raises:
        Unreadable: it gives no document.
    """
    remote = source.lower().startswith(("http://", "https://"))
    return await _address(source, client, settings) if remote else _file(source, settings)


def _line(source: str, entry: Entry) -> str:
    told = entry.told
    line = {"source": source, "title": told.title, "link": entry.link, "id": entry.id, "published": told.published}
    return json.dumps(line, ensure_ascii=False)


async def _answer(sources: Sequence[str], settings: FetcherSettings, parse: Parse, out: TextIO, err: TextIO) -> int:
    readable = 0
    async with Client(user_agent(settings), frozenset(map(exception, settings.allow_addresses))) as client:
        for source in sources:
            try:
                document = await document_of(source, client, settings)
                feed = await parse(document)
            except (Unreadable, NotAFeed) as error:
                print(f"{source}: {error}", file=err)
            except Exception as error:  # what became of the worker
                print(f"{source}: {type(error).__name__}: {error}", file=err)
            else:
                readable += 1
                for entry in feed.entries:
                    print(_line(source, entry), file=out)
                if feed.over_limit:
                    print(f"{source}: {feed.over_limit} more entries left out (WIREROOM_FEED_ENTRIES)", file=err)
            out.flush()
    return readable


def run(
    sources: Sequence[str],
    settings: FetcherSettings,
    parse: Parse,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Writes `{"source", "title", "link", "id", "published"}` per entry, in order, to `out` (standard output).

    A source that is no feed is named on `err` (standard error) with the reason. Addresses pass the guard; robots.txt is
    not asked, because a person asks for this one address.

    Returns:
        The exit status: 0, or 1 if no source could be read.
    """
    readable = asyncio.run(_answer(sources, settings, parse, out or sys.stdout, err or sys.stderr))
    return 0 if readable else 1
