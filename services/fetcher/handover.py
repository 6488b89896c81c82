"""What one shard finds on the hosts of another: kept in the finder's own file until the owner has it.

A finder writes it in the transaction in which it remembers what it was found in, so neither can be lost without the
other. It leaves when the owner says that it is durable there; one that is told twice is known the second time.
"""

import sqlite3
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from services.fetcher.queue_rows import requeue
from services.fetcher.records import FeedRecord, UrlRecord
from services.fetcher.rows import insert, read, upsert
from services.fetcher.shards import Shard, shard_of

AT_ONCE = 500  # records told in one go


class Found(Struct, frozen=True, tag=True):
    """What is handed over: addresses of articles, and sitemaps that an index named."""

    urls: tuple[UrlRecord, ...] = ()
    sitemaps: tuple[FeedRecord, ...] = ()


def place_url(run: sqlite3.Connection, url: UrlRecord, shard: Shard) -> bool:
    """Queues an address that was found, or leaves it for its owner; whether there is something new to ask here."""
    if not shard.owns(url.url):
        hand_url(run, url, shard)
        return False
    new = insert(run, "urls", url)
    if new:
        requeue(run, "page", url.key, url.url, url.discovered_at)
    return new


def place_sitemap(run: sqlite3.Connection, sitemap: FeedRecord, shard: Shard, now: float) -> bool:
    """The same for a sitemap that an index named."""
    if not shard.owns(sitemap.url):
        record = msgspec.msgpack.encode(sitemap)
        _hand(run, "feed", sitemap.url, shard_of(sitemap.url, shard.count), now, record)
        return False
    new = insert(run, "feeds", sitemap)
    if new:
        requeue(run, "feed", sitemap.url, sitemap.url, now)
    return new


def hand_url(run: sqlite3.Connection, url: UrlRecord, shard: Shard) -> None:
    """Leaves an address of another shard's host for its owner; one that it was told of before is left alone."""
    record = msgspec.msgpack.encode(url)
    _hand(run, "url", url.key, shard_of(url.url, shard.count), url.discovered_at, record)


def _hand(
    run: sqlite3.Connection, kind: Literal["url", "feed"], key: str, number: int, found_at: float, record: bytes
) -> None:
    run.execute(
        "INSERT INTO handed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (kind, key, number, found_at, record)
    )


def waiting(connection: sqlite3.Connection) -> dict[int, Found]:
    """What other shards have not taken yet, by shard, the oldest first; so much of each as is told in one go."""
    query = "SELECT kind, record FROM handed WHERE record IS NOT NULL AND shard = ? ORDER BY found_at LIMIT ?"
    found = {}
    for (shard,) in connection.execute("SELECT DISTINCT shard FROM handed WHERE record IS NOT NULL").fetchall():
        rows = connection.execute(query, (shard, AT_ONCE)).fetchall()
        urls = (msgspec.msgpack.decode(record, type=UrlRecord) for kind, record in rows if kind == "url")
        sitemaps = (msgspec.msgpack.decode(record, type=FeedRecord) for kind, record in rows if kind == "feed")
        found[shard] = Found(tuple(urls), tuple(sitemaps))
    return found


def told(run: sqlite3.Connection, found: Found) -> None:
    """The owner has this."""
    keys = [("url", url.key) for url in found.urls] + [("feed", sitemap.url) for sitemap in found.sitemaps]
    run.executemany("UPDATE handed SET record = NULL WHERE kind = ? AND key = ?", keys)


def receive(run: sqlite3.Connection, found: Found, shard: Shard, now: float) -> list[str]:
    """Takes what another shard found here. Returns the addresses that were new.

    An address that led away and is led back to, at another address with the same key (https for http, a tracking
    parameter more), is open again: that is where the article is.
    """
    new: list[str] = []
    for url in found.urls:
        known = None if insert(run, "urls", url) else read(run, UrlRecord, "urls", "key", url.key)
        if known is None or (known.fate == "redirected" and known.url != url.url):
            upsert(run, "urls", url)
            requeue(run, "page", url.key, url.url, url.discovered_at)
            new.append(url.url)
    new += [sitemap.url for sitemap in found.sitemaps if place_sitemap(run, sitemap, shard, now)]
    for source_id in sorted({url.source_id for url in found.urls if url.url in new}):
        doubt(run, source_id, now)
    return new


def doubt(run: sqlite3.Connection, source_id: str, at: float, named_by: str = "") -> None:
    """Something new was named elsewhere in this source; see `doubt.py`. The first time counts."""
    run.execute(
        "UPDATE feeds SET doubted_at = ? "
        "WHERE source_id = ? AND url <> ? AND outcome = 'not_modified' AND doubted_at IS NULL",
        (at, source_id, named_by),
    )


def unknown(connection: sqlite3.Connection, keys: Sequence[str]) -> list[str]:
    """Those that were never found here, nor found here and handed over, in their order."""
    query = (
        "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM urls WHERE key = value) "
        "AND NOT EXISTS (SELECT 1 FROM handed WHERE kind = 'url' AND key = value)"
    )
    new = {key for (key,) in connection.execute(query, (msgspec.json.encode(keys).decode(),))}
    return [key for key in keys if key in new]
