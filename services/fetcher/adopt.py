"""Makes the queue of a shard ask what the sources name: they change while the fetcher runs."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from services.fetcher.origin import feed_address, origin_of
from services.fetcher.records import FeedRecord, Job
from services.fetcher.rows import insert, read
from services.fetcher.shards import Shard
from services.fetcher.sources import SourceConfig


def configured(sources: Sequence[SourceConfig]) -> dict[str, FeedRecord]:
    """The feeds and sitemaps to ask, by address, of all shards. An address in two sources belongs to the first."""
    wanted: dict[str, FeedRecord] = {}
    for source in (source for source in sources if not source.paused):
        for url in map(feed_address, source.feeds):
            wanted.setdefault(url, FeedRecord(url=url, source_id=source.id, kind="feed"))
        for url in map(feed_address, source.sitemaps):
            wanted.setdefault(url, FeedRecord(url=url, source_id=source.id, kind="sitemap"))
    return wanted


def adopt(
    run: sqlite3.Connection,
    sources: Sequence[SourceConfig],
    wanted: Mapping[str, FeedRecord],
    shard: Shard,
    now: float,
) -> None:
    """Queues those of `wanted` that are the shard's, and what its sitemap indexes named; takes all others out.

    A new feed is due now; a known one keeps its time.
    """
    for source in sources:
        row = (source.id, msgspec.json.encode(source))
        run.execute("INSERT OR REPLACE INTO sources (id, config) VALUES (?, ?)", row)
    for record in wanted.values():
        if not shard.owns(record.url):
            continue
        known = read(run, FeedRecord, "feeds", "url", record.url)
        if known is None:
            insert(run, "feeds", record)
        elif known.source_id != record.source_id:
            run.execute("UPDATE feeds SET source_id = ? WHERE url = ?", (record.source_id, record.url))
        _queue(run, known or record, now)
    children = run.execute("SELECT * FROM feeds WHERE parent <> ''").fetchall()
    for child in (msgspec.convert(dict(row), FeedRecord) for row in children):
        if child.parent in wanted:  # it left the queue if its index was paused or taken out for a while
            _queue(run, child, now)
    query = "SELECT key, parent FROM queue JOIN feeds ON url = key WHERE queue.kind = 'feed'"
    for row in run.execute(query).fetchall():
        if (row["parent"] or row["key"]) not in wanted:
            run.execute("DELETE FROM queue WHERE kind = 'feed' AND key = ?", (row["key"],))


def _queue(run: sqlite3.Connection, feed: FeedRecord, now: float) -> None:
    if feed.outcome != "gone":
        due = now if feed.asked_at is None else feed.asked_at + feed.interval_seconds
        insert(run, "queue", Job("feed", feed.url, origin_of(feed.asked_url), due))
