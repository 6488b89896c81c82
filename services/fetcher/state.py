"""The store of one shard: feeds, the fate of every URL, articles, the queue, and the outbox.

Each public method is atomic; what several of them write becomes durable together. An article enters the outbox in the
transaction that gives its URL a fate, and every request has its successor in the queue before it is sent, so a process
that is killed loses nothing, doubles nothing, and asks nobody sooner than it had promised. Safe to call from several
threads.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from services.fetcher.adopt import adopt, configured
from services.fetcher.database import connect, take_lease
from services.fetcher.group_commit import GroupCommit
from services.fetcher.handover import Found, doubt, hand_url, place_sitemap, place_url, receive, told, unknown, waiting
from services.fetcher.hosts import Hosts
from services.fetcher.queue_rows import read_first, read_next, requeue
from services.fetcher.records import ArticleRecord, FeedRecord, Job, UrlRecord
from services.fetcher.retention import forget
from services.fetcher.rows import R, read, read_fates, read_feeds, read_outbox_size, read_refusals, upsert
from services.fetcher.shards import WHOLE, Shard
from services.fetcher.sources import SourceConfig

T = TypeVar("T")


class Store:
    """One shard of the store in a data folder, for one process at a time.

    Raises:
        LeaseTaken: another process works on it.
        StoreTooNew: a newer program wrote it.
    """

    def __init__(self, folder: Path, shard: Shard = WHOLE) -> None:
        self.shard = shard
        self._lease = take_lease(folder, shard)
        try:
            self._connection = connect(folder, shard)
        except BaseException:
            self._lease.close()
            raise
        self._lock = threading.RLock()
        self._configured: dict[str, SourceConfig] = {}
        self._wanted: Mapping[str, FeedRecord] = {}  # of all shards
        self._outbox = read_outbox_size(self._connection)  # nobody else writes it
        self._group = GroupCommit(self._connection, self._lock)
        self._transaction = self._group.write
        self.hosts = Hosts(self._connection, self._lock, self._group)
        self.durable = self._group.durable

    def close(self) -> None:
        """Ends work on the shard; another process may take it."""
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
        with self._lock:
            self._group.commit()  # what is not durable here must not be carried on
            rows = self._rows("SELECT id, message FROM outbox WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        return [(row["id"], row["message"]) for row in rows]

    def acknowledge(self, row_ids: Iterable[int]) -> None:
        """Forgets outbox rows: what they hold is durable elsewhere."""
        with self._transaction() as run:
            self._outbox -= run.executemany(
                "DELETE FROM outbox WHERE id = ?", [(row_id,) for row_id in row_ids]
            ).rowcount

    def outbox_size(self) -> int:
        """Messages not yet acknowledged."""
        return self._outbox

    def fates(self) -> dict[str, int]:
        """How many URLs met each fate: open, fetched, refused, gone, redirected. Their sum is every URL ever found."""
        return self._ask(read_fates)

    def refusals(self) -> dict[str, int]:
        """How many URLs were refused for each `Refusal`."""
        return self._ask(read_refusals)

    def feeds(self) -> list[tuple[FeedRecord, float | None]]:
        """Every feed and sitemap, by source and address, with when it is due (None: never again)."""
        return self._ask(read_feeds)

    # -- sources ------------------------------------------------------------------------------------------------------

    def adopt(self, sources: Sequence[SourceConfig], now: float) -> None:
        """Makes the queue ask exactly those feeds and sitemaps of `sources` (and what their sitemap indexes named) that
        are this shard's.

        A new feed is due now; a known one keeps its time. An address in two sources belongs to the first.
        """
        self._configured, self._wanted = {source.id: source for source in sources}, configured(sources)
        with self._transaction() as run:
            adopt(run, sources, self._wanted, self.shard, now)

    def source(self, source_id: str) -> SourceConfig:
        """The configuration of a source, also of one that the operator has removed since."""
        if source_id in self._configured:
            return self._configured[source_id]
        rows = self._rows("SELECT config FROM sources WHERE id = ?", source_id)
        return msgspec.json.decode(rows[0]["config"], type=SourceConfig)

    # -- queue --------------------------------------------------------------------------------------------------------

    def first_jobs(self) -> list[tuple[Job, float]]:
        """What is due first of every origin that something is to be asked of, and the time at which it may start."""
        return self._ask(lambda connection: list(read_first(connection)))

    def next_job(self, origin: str, at: float, feeds_first: bool = True) -> Job | None:
        """What `origin` is to be asked next, when it is asked at `at`; see `queue_rows.read_next`."""
        return self._ask(lambda connection: read_next(connection, origin, at, feeds_first))

    def claim(self, job: Job, until: float) -> bool:
        """Before a request: sets when the job is due again if this process never reports back.

        Returns:
            Whether the job still stands as it was read; if not, it is not to be done.
        """
        statement = "UPDATE queue SET due_at = ? WHERE kind = ? AND key = ? AND due_at = ?"
        return self._group.execute(statement, (until, job.kind, job.key, job.due_at)) == 1

    def put_off(self, job: Job, until: float) -> None:
        """Nothing came of a job that was claimed; it is due at `until`."""
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
        elsewhere = address != other_than and address in self._wanted  # another shard may have that one
        return elsewhere or bool(self._rows(query, other_than, address, address))

    def url(self, key: str) -> UrlRecord | None:
        """The found URL with this key."""
        return self._read(UrlRecord, "urls", "key", key)

    def unknown(self, keys: Iterable[str]) -> list[str]:
        """Those of these keys of URLs that were never found before."""
        return self._ask(lambda connection: unknown(connection, list(keys)))

    def article(self, article_id: str) -> ArticleRecord | None:
        """The last fetched state of this article."""
        return self._read(ArticleRecord, "articles", "article_id", article_id)

    # -- what happened ------------------------------------------------------------------------------------------------

    def save_feed(
        self,
        feed: FeedRecord,
        due_at: float | None,
        found: Sequence[UrlRecord] = (),
        sitemaps: Sequence[FeedRecord] = (),
        claimed: float | None = None,
    ) -> list[str]:
        """A feed was asked: its new state, when it is due again (None: never), the URLs and sitemaps that it named.

        Known URLs and sitemaps are left as they are. `claimed` is when its claim makes the feed due: where that is the
        time, the queue is right already.

        Returns:
            The addresses that were new and are on our own hosts, in their order.
        """
        new = []
        with self._transaction() if found or sitemaps else self._group.write_plain() as run:
            upsert(run, "feeds", feed)
            if due_at is None or due_at != claimed:
                requeue(run, "feed", feed.url, feed.asked_url, due_at)
            if found:
                doubt(run, feed.source_id, feed.asked_at or 0.0, feed.url)
            new += [url.url for url in found if place_url(run, url, self.shard)]
            at = feed.asked_at or 0.0
            new += [sitemap.url for sitemap in sitemaps if place_sitemap(run, sitemap, self.shard, at)]
        return new

    def save_url(self, url: UrlRecord, due_at: float | None, led_to: UrlRecord | None = None) -> None:
        """A URL met a fate, or stays open and is due again at `due_at`.

        Args:
            led_to: where it redirects, on a host of another shard.
        """
        with self._transaction() as run:
            upsert(run, "urls", url)
            requeue(run, "page", url.key, url.url, due_at)
            if led_to is not None:
                hand_url(run, led_to, self.shard)

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
                if not self.shard.owns(url.url):
                    hand_url(run, url, self.shard)
                    continue
                upsert(run, "urls", url)
                requeue(run, "page", url.key, url.url, url.discovered_at if url.fate == "open" else None)
            if message is not None:
                row = (article.article_id, article.revision, message)
                run.execute("INSERT INTO outbox (article_id, revision, message) VALUES (?, ?, ?)", row)
                self._outbox += 1

    def forget(self, now: float, keep_seconds: float) -> int:
        """Forgets some of what is older than `keep_seconds`; see `retention`. Returns how many rows."""
        with self._transaction() as run:
            return forget(run, now, keep_seconds)

    # -- between shards -----------------------------------------------------------------------------------------------

    def handed(self) -> dict[int, Found]:
        """What was found on hosts of other shards and is not theirs yet, by shard."""
        with self._lock:
            self._group.commit()  # what is not durable here must not be told
            return self._ask(waiting)

    def handed_over(self, found: Found) -> None:
        """Its owner has this."""
        with self._transaction() as run:
            told(run, found)

    def receive(self, found: Found, now: float) -> list[str]:
        """Takes what another shard found on our hosts; returns the addresses that were new. It is on disk then.

        The finder forgets it after that, so here it has to outlast a power cut too.
        """
        with self._group.write_through() as run:
            return receive(run, found, self.shard, now)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _read(self, kind: type[R], table: str, column: str, value: str) -> R | None:
        return self._ask(lambda connection: read(connection, kind, table, column, value))

    def _ask(self, what: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            return what(self._connection)
