"""`python -m services.fetcher explain SOURCE|URL`: why something is due when it is, or why it was refused.

Reads the store beside a running fetcher and asks nobody anything.
"""

import json
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from services.fetcher.after_poll import pace, wishes_of
from services.fetcher.clock import SystemClock
from services.fetcher.database import files, view
from services.fetcher.doubt import doubted
from services.fetcher.guard import Denied, check_url, exception
from services.fetcher.origin import feed_address, origin_of
from services.fetcher.queue_rows import read_job
from services.fetcher.records import ArticleRecord, FeedRecord, Job, OriginRecord, UrlRecord
from services.fetcher.robots_cache import RobotsCopy, rules_of
from services.fetcher.rows import read, read_feeds
from services.fetcher.schedule import is_dormant
from services.fetcher.settings import AGENT, FetcherSettings
from services.fetcher.sources import SourceConfig, read_sources
from shared.identity import article_id


def run(what: str, settings: FetcherSettings, out: TextIO | None = None) -> int:
    """Writes a JSON line for each feed of a source, or one for an address. Returns 1 where the store knows neither.

    Raises:
        SourcesError: the sources cannot be read.
    """
    sources = {source.id: source for source in read_sources(Path(settings.sources_file))}
    folder = Path(settings.data_folder)
    if not files(folder):
        sys.stderr.write(f"{settings.data_folder}: no store yet. The fetcher has not run there.\n")
        return 1
    lines = []
    with ExitStack() as stack:
        views = [stack.enter_context(closing(view(file))) for file in files(folder)]
        lines = list(_lines(what, sources, settings, views))
    for line in lines:
        print(json.dumps(line, ensure_ascii=False), file=out or sys.stdout)
    if not lines:
        sys.stderr.write(f"{what}: neither a source, nor an address that was ever found.\n")
    return 0 if lines else 1


def _lines(
    what: str, sources: dict[str, SourceConfig], settings: FetcherSettings, views: Sequence[sqlite3.Connection]
) -> list[dict[str, Any]]:
    now = SystemClock().now()
    feeds = [(feed, connection) for connection in views for feed, _ in read_feeds(connection)]
    if "://" not in what:
        named = [known for known in feeds if known[0].source_id == what]
    else:
        address = feed_address(what)
        named = [known for known in feeds if address in (known[0].url, known[0].address)]
    if named or "://" not in what:
        return [_feed(feed, sources, settings, connection, views, now) for feed, connection in named]
    found = [(read(connection, UrlRecord, "urls", "key", article_id(what)), connection) for connection in views]
    return [_url(url, settings, connection, views, now) for url, connection in found if url]


def _feed(
    feed: FeedRecord,
    sources: dict[str, SourceConfig],
    settings: FetcherSettings,
    connection: sqlite3.Connection,
    views: Sequence[sqlite3.Connection],
    now: float,
) -> dict[str, Any]:
    source = sources.get(feed.source_id)
    job = read_job(connection, "feed", feed.url)
    why: list[str] = []
    if source is None:
        why.append("its source is no longer configured")
    elif source.paused:
        why.append("its source is paused")
    elif feed.outcome == "gone":
        why.append(f"it is gone for good: {feed.detail}")
    elif feed.asked_at is None:
        why.append("it was never asked")
    else:
        why += _rhythm(feed, source, settings, now)
    if feed.address:
        why.append(f"it moved for good and is asked at {feed.address}")
    elif feed.moved_to:
        why.append(f"it was sent on to {feed.moved_to} {feed.moved_seen} times since {_time(feed.moved_since)}")
    line = {"feed": feed.url, "source": feed.source_id, "outcome": feed.outcome or "not asked yet", "why": why}
    return line | _where(feed.asked_url, job, settings, views, now)


def _rhythm(feed: FeedRecord, source: SourceConfig, settings: FetcherSettings, now: float) -> list[str]:
    """What decides the time of the next poll."""
    step, wishes = pace(feed, source, settings), wishes_of(feed)
    why = [
        f"asked every {step.now:.0f} s by its own rhythm, between {step.low:.0f} and {step.high:.0f}, 10 % either way"
    ]
    if wishes.wait_seconds:
        why.append(f"the feed asks for {wishes.wait_seconds:.0f} s between polls (ttl or sy:updatePeriod)")
    if wishes.skip_hours or wishes.skip_days:
        why.append(f"it asks to skip the UTC hours {sorted(wishes.skip_hours)} and days {sorted(wishes.skip_days)}")
    if not feed.etag and not feed.last_modified:
        why.append("it gives no validators: at least an hour between polls that find nothing")
    if is_dormant(feed.strikes):
        why.append(f"it sleeps after {feed.failures} failures and is tried once a week: {feed.detail}")
    elif feed.failures:
        why.append(f"{feed.failures} failures in a row double the wait each time: {feed.detail}")
    if doubted(feed, now):
        why.append("its source named something newer elsewhere: the next request goes without validators")
    return why


def _url(
    url: UrlRecord,
    settings: FetcherSettings,
    connection: sqlite3.Connection,
    views: Sequence[sqlite3.Connection],
    now: float,
) -> dict[str, Any]:
    article = read(connection, ArticleRecord, "articles", "article_id", url.key)
    why = {
        "open": f"asked {url.attempts} times so far: {url.detail}" if url.attempts else "not asked yet",
        "refused": f"{url.reason}: {url.detail}" if url.detail else url.reason,
        "gone": f"the server knows no such page: {url.detail}",
        "redirected": f"it led to another address, which has its own account ({url.target})",
        "fetched": "fetched",
    }[url.fate]
    line: dict[str, Any] = {"url": url.url, "source": url.source_id, "fate": url.fate, "why": [why]}
    job = read_job(connection, "page", url.key)
    if article is not None:
        job = job or read_job(connection, "look", article.article_id)
        line["article"] = {
            "article_id": article.article_id,
            "state": article.state,
            "revision": article.revision,
            "first_seen_at": _time(article.first_seen_at),
            "misses": article.misses,
        }
        line["why"].append("looked at again as it ages" if job else "no more looks are planned")
    return line | _where(url.url, job, settings, views, now)


def _where(
    url: str, job: Job | None, settings: FetcherSettings, views: Sequence[sqlite3.Connection], now: float
) -> dict[str, Any]:
    """What concerns the host: guard, robots.txt as last read, its pace."""
    origin = origin_of(url)
    known = (read(connection, OriginRecord, "origins", "origin", origin) for connection in views)
    record = next(filter(None, known), OriginRecord(origin=origin))
    robots: dict[str, Any] = {"known": False}
    query = "SELECT status, body, asked_at, good_at FROM robots WHERE origin = ?"
    row = next(filter(None, (connection.execute(query, (origin,)).fetchone() for connection in views)), None)
    if row is not None:
        copy = RobotsCopy(*row)
        decision = rules_of(copy, AGENT, now).allowed(url)
        robots = {"allowed": decision.allowed, "line": decision.line, "status": copy.status}
        robots["asked_at"] = _time(copy.asked_at)
    try:
        check_url(url, frozenset(map(exception, settings.allow_addresses)))
        guard = "allow"
    except Denied as denied:
        guard = f"deny: {denied.why}"
    host = {"origin": origin, "not_before": _time(record.ready_at or None), "busy_answers": record.refusals}
    due_at = max(job.due_at, record.ready_at) if job else None
    return {"due_at": _time(due_at), "host": host, "robots": robots, "guard": guard}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC).isoformat()
