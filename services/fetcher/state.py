"""The store of one fetcher: feeds, the fate of every URL, articles, the queue, and the outbox.

Each public method is atomic; what several of them write becomes durable together. An article enters the outbox in the
transaction that gives its URL a fate, and every request has its successor in the queue before it is sent, so a process
that is killed loses nothing, doubles nothing, and asks nobody sooner than it had promised. Safe to call from several
threads.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from services.fetcher.database import connect, take_lease
from services.fetcher.group_commit import GroupCommit
from services.fetcher.origin import feed_address, origin_of
from services.fetcher.records import ArticleRecord, FeedRecord, Job, OriginRecord, UrlRecord
from services.fetcher.reservations import ReservationCopy
from services.fetcher.retention import forget
from services.fetcher.robots_cache import RobotsCopy
from services.fetcher.rows import R, insert, read, read_feeds, requeue, upsert
from services.fetcher.sources import SourceConfig


class Store:
    """The store in a data folder, for one process at a time.

    Raises:
        LeaseTaken: another process works on `folder`.
        StoreTooNew: a newer program wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._lease = take_lease(folder)
        try:
            self._connection = connect(folder)
        except BaseException:
            self._lease.close()
            raise
        self._lock = threading.RLock()
        self._configured: dict[str, SourceConfig] = {}
        self._group = GroupCommit(self._connection, self._lock)
        self._transaction = self._group.write
        self.durable = self._group.durable

    def close(self) -> None:
        """Ends work on the folder; another process may take it."""
        with self._lock:
            try:
                self._group.commit()
            finally:
                self._connection.close()
                self._lease.close()

    # -- for whoever carries the articles on --------------------------------------------------------------------------

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]:
        """Up to `limit` (row id, encoded article) that are not acknowledged, oldest first, beyond the row `after`.

        Asking takes nothing away.
        """
        self._group.commit()  # what is not durable here must not be carried on
        rows = self._rows("SELECT id, message FROM outbox WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        return [(row["id"], row["message"]) for row in rows]

    def acknowledge(self, row_ids: Iterable[int]) -> None:
        """Forgets outbox rows: what they hold is durable elsewhere."""
        with self._transaction() as run:
            run.executemany("DELETE FROM outbox WHERE id = ?", [(row_id,) for row_id in row_ids])

    def outbox_size(self) -> int:
        """Messages not yet acknowledged."""
        return int(self._rows("SELECT count(*) AS n FROM outbox")[0]["n"])

    def fates(self) -> dict[str, int]:
        """How many URLs met each fate: open, fetched, refused, gone, redirected. Their sum is every URL ever found."""
        rows = self._rows("SELECT fate, count(*) AS n FROM urls GROUP BY fate ORDER BY fate")
        return {row["fate"]: row["n"] for row in rows}

    def refusals(self) -> dict[str, int]:
        """How many URLs were refused for each `Refusal`."""
        rows = self._rows(
            "SELECT reason, count(*) AS n FROM urls WHERE fate = 'refused' GROUP BY reason ORDER BY reason"
        )
        return {row["reason"]: row["n"] for row in rows}

    def feeds(self) -> list[tuple[FeedRecord, float | None]]:
        """Every feed and sitemap, by source and address, with when it is due (None: never again)."""
        with self._lock:
            return read_feeds(self._connection)

    # -- sources ------------------------------------------------------------------------------------------------------

    def adopt(self, sources: Sequence[SourceConfig], now: float) -> None:
        """Makes the queue ask exactly the feeds and sitemaps of `sources` (and what their sitemap indexes named).

        A new feed is due now; a known one keeps its time. An address in two sources belongs to the first.
        """
        wanted: dict[str, FeedRecord] = {}
        for source in (source for source in sources if not source.paused):
            for kind, urls in (("feed", source.feeds), ("sitemap", source.sitemaps)):
                for url in map(feed_address, urls):
                    record = FeedRecord(url=url, source_id=source.id, kind="feed" if kind == "feed" else "sitemap")
                    wanted.setdefault(url, record)
        self._configured = {source.id: source for source in sources}
        with self._transaction() as run:
            for source in sources:
                config = msgspec.json.encode(source)
                run.execute("INSERT OR REPLACE INTO sources (id, config) VALUES (?, ?)", (source.id, config))
            for record in wanted.values():
                known = self._read(FeedRecord, "feeds", "url", record.url)
                if known is None:
                    insert(run, "feeds", record)
                elif known.source_id != record.source_id:
                    run.execute("UPDATE feeds SET source_id = ? WHERE url = ?", (record.source_id, record.url))
                if known is None or known.outcome != "gone":
                    due = now if known is None or known.asked_at is None else known.asked_at + known.interval_seconds
                    origin = origin_of(known.asked_url if known else record.url)
                    insert(run, "queue", Job("feed", record.url, origin, due))
            for row in self._rows("SELECT key, parent FROM queue JOIN feeds ON url = key WHERE queue.kind = 'feed'"):
                if (row["parent"] or row["key"]) not in wanted:
                    run.execute("DELETE FROM queue WHERE kind = 'feed' AND key = ?", (row["key"],))

    def source(self, source_id: str) -> SourceConfig:
        """The configuration of a source, also of one that the operator has removed since."""
        if source_id in self._configured:
            return self._configured[source_id]
        rows = self._rows("SELECT config FROM sources WHERE id = ?", source_id)
        return msgspec.json.decode(rows[0]["config"], type=SourceConfig)

    # -- queue --------------------------------------------------------------------------------------------------------

    def agenda(self) -> dict[str, float]:
        """Every origin that something is to be asked of, with the time at which its first request may start."""
        rows = self._rows(
            "SELECT queue.origin, max(min(due_at), coalesce(ready_at, 0)) AS at FROM queue "
            "LEFT JOIN origins USING (origin) GROUP BY queue.origin"
        )
        return {row["origin"]: row["at"] for row in rows}

    def next_job(self, origin: str) -> Job | None:
        """What `origin` is to be asked next: the job that has been due longest; of equals, the one queued first."""
        rows = self._rows("SELECT * FROM queue WHERE origin = ? ORDER BY due_at, rowid LIMIT 1", origin)
        return msgspec.convert(dict(rows[0]), Job) if rows else None

    def claim(self, job: Job, until: float) -> None:
        """Before a request: sets when the job is due again if this process never reports back."""
        self._group.execute("UPDATE queue SET due_at = ? WHERE kind = ? AND key = ?", (until, job.kind, job.key))

    # -- what is known ------------------------------------------------------------------------------------------------

    def feed(self, url: str) -> FeedRecord | None:
        """The feed at this address."""
        return self._read(FeedRecord, "feeds", "url", url)

    def asked_as(self, address: str, other_than: str) -> bool:
        """Whether a feed other than that of the URL `other_than` is asked at `address`."""
        query = (
            "SELECT 1 FROM feeds JOIN queue ON queue.kind = 'feed' AND queue.key = url "
            "WHERE url <> ? AND (address = ? OR (address = '' AND url = ?)) LIMIT 1"
        )
        return bool(self._rows(query, other_than, address, address))

    def url(self, key: str) -> UrlRecord | None:
        """The found URL with this key."""
        return self._read(UrlRecord, "urls", "key", key)

    def unknown(self, urls: Iterable[UrlRecord]) -> list[UrlRecord]:
        """Those whose key was never found before."""
        given = list(urls)
        keys = msgspec.json.encode([url.key for url in given]).decode()
        rows = self._rows("SELECT key FROM urls WHERE key IN (SELECT value FROM json_each(?))", keys)
        known = {row["key"] for row in rows}
        return [url for url in given if url.key not in known]

    def article(self, article_id: str) -> ArticleRecord | None:
        """The last fetched state of this article."""
        return self._read(ArticleRecord, "articles", "article_id", article_id)

    def origin(self, origin: str) -> OriginRecord:
        """Our manners towards `origin`; the defaults for one never asked."""
        return self._read(OriginRecord, "origins", "origin", origin) or OriginRecord(origin=origin)

    def robots(self, origin: str) -> RobotsCopy | None:
        """What `origin` last answered when asked for its robots.txt."""
        rows = self._rows("SELECT status, body, asked_at, good_at FROM robots WHERE origin = ?", origin)
        return RobotsCopy(*rows[0]) if rows else None

    def reservation(self, origin: str) -> ReservationCopy | None:
        """What `origin` last answered when asked what text and data mining it reserves."""
        rows = self._rows("SELECT status, body, asked_at FROM reservations WHERE origin = ?", origin)
        return ReservationCopy(*rows[0]) if rows else None

    # -- what happened ------------------------------------------------------------------------------------------------

    def save_origin(self, origin: OriginRecord) -> None:
        """Remembers manners towards an origin."""
        values = (origin.origin, origin.ready_at, origin.refusals)
        self._group.execute("INSERT OR REPLACE INTO origins (origin, ready_at, refusals) VALUES (?, ?, ?)", values)

    def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remembers an origin's robots.txt."""
        values = (origin, copy.status, copy.body, copy.asked_at, copy.good_at)
        self._group.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", values)

    def save_reservation(self, origin: str, copy: ReservationCopy) -> None:
        """Remembers what an origin reserves."""
        values = (origin, copy.status, copy.body, copy.asked_at)
        self._group.execute("INSERT OR REPLACE INTO reservations VALUES (?, ?, ?, ?)", values)

    def save_feed(
        self,
        feed: FeedRecord,
        due_at: float | None,
        found: Sequence[UrlRecord] = (),
        sitemaps: Sequence[FeedRecord] = (),
    ) -> list[str]:
        """A feed was asked: its new state, when it is due again (None: never), the URLs and sitemaps that it named.

        Known URLs and sitemaps are left as they are.

        Returns:
            The addresses that were new, in their order.
        """
        new = []
        with self._transaction() as run:
            upsert(run, "feeds", feed)
            requeue(run, "feed", feed.url, feed.asked_url, due_at)
            if found:
                doubt = "UPDATE feeds SET doubted_at = ? WHERE source_id = ? AND url <> ? AND outcome = 'not_modified'"
                run.execute(doubt, (feed.asked_at, feed.source_id, feed.url))
            for url in found:
                if insert(run, "urls", url):
                    requeue(run, "page", url.key, url.url, url.discovered_at)
                    new.append(url.url)
            for sitemap in sitemaps:
                if insert(run, "feeds", sitemap):
                    requeue(run, "feed", sitemap.url, sitemap.url, feed.asked_at)
                    new.append(sitemap.url)
        return new

    def save_url(self, url: UrlRecord, due_at: float | None) -> None:
        """A URL met a fate, or stays open and is due again at `due_at`."""
        with self._transaction() as run:
            upsert(run, "urls", url)
            requeue(run, "page", url.key, url.url, due_at)

    def save_article(
        self,
        article: ArticleRecord,
        look_at: float | None,
        message: bytes | None = None,
        urls: Sequence[UrlRecord] = (),
    ) -> None:
        """An article was fetched, or looked at again.

        Args:
            article: its new state.
            look_at: when to look again; None: never.
            message: the encoded article, if this is news to those downstream.
            urls: the fates that this decides; an open one is asked for at once, the others never again.
        """
        with self._transaction() as run:
            upsert(run, "articles", article)
            requeue(run, "look", article.article_id, article.final_url, look_at)
            for url in urls:
                upsert(run, "urls", url)
                requeue(run, "page", url.key, url.url, url.discovered_at if url.fate == "open" else None)
            if message is not None:
                row = (article.article_id, article.revision, message)
                run.execute("INSERT INTO outbox (article_id, revision, message) VALUES (?, ?, ?)", row)

    def forget(self, now: float, keep_seconds: float) -> int:
        """Forgets some of what is older than `keep_seconds`; see `retention`. Returns how many rows."""
        with self._transaction() as run:
            return forget(run, now, keep_seconds)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _read(self, kind: type[R], table: str, column: str, value: str) -> R | None:
        with self._lock:
            return read(self._connection, kind, table, column, value)
