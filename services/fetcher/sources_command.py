"""`python -m services.fetcher sources list`: the configured sources and how they fare, one JSON line each."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from services.fetcher.database import view
from services.fetcher.origin import feed_address
from services.fetcher.records import FeedRecord
from services.fetcher.rows import read_feeds
from services.fetcher.sources import read_sources


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC).isoformat()


def _feed(url: str, known: dict[str, tuple[FeedRecord, float | None]]) -> dict[str, Any]:
    if url not in known:
        return {"url": url}
    feed, due_at = known[url]
    facts = {"title": feed.title, "outcome": feed.outcome, "detail": feed.detail, "failures": feed.failures}
    times = {"asked_at": _time(feed.asked_at), "new_at": _time(feed.new_at), "due_at": _time(due_at)}
    return {"url": url, **facts, **times}


def list_sources(file: Path, folder: Path, out: TextIO | None = None) -> None:
    """Writes each source of `file` with its feeds, and what the store in `folder` knows about them, to `out`.

    Works beside a running fetcher. Times are UTC.

    Raises:
        SourcesError: see `read_sources`.
    """
    sources = read_sources(file)
    connection = view(folder)
    known: dict[str, tuple[FeedRecord, float | None]] = {}
    if connection is not None:
        known = {feed.url: (feed, due_at) for feed, due_at in read_feeds(connection)}
        connection.close()
    for source in sources:
        feeds = [_feed(url, known) for url in map(feed_address, (*source.feeds, *source.sitemaps))]
        line = {"id": source.id, "name": source.name, "country": source.country, "language": source.language}
        print(json.dumps({**line, "feeds": feeds}, ensure_ascii=False), file=out or sys.stdout)
