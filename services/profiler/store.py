"""States of all hosts in one SQLite file, with how far each partition was read: both in the same transaction.

So a message counts once, whenever the process ends: what was read and not written comes again, and what was written is
not read again. A lost file is no harm: reading begins where the topic begins.
"""

import fcntl
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from services.profiler.profile import EMPTY, State, observe, profile
from services.profiler.settings import ProfilerSettings
from shared.identity import host_of
from shared.messages import CleanArticle, HostProfile

FILE, LEASE, SCHEMA_VERSION = "profiler.sqlite3", "profiler.lease", 2
PLACE = """
CREATE TABLE place (
    topic TEXT NOT NULL,        -- an offset says nothing about another topic
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
);
"""
SCHEMA = f"""{PLACE}
CREATE TABLE host (
    name TEXT PRIMARY KEY,
    state BLOB,                 -- msgpack of State; NULL: forgotten, and that is to be published
    newest INTEGER NOT NULL,    -- first_seen of its newest article, epoch milliseconds
    due INTEGER NOT NULL        -- 1: changed since it was published
);
CREATE INDEX host_due ON host (name) WHERE due = 1;
CREATE INDEX host_newest ON host (newest, name) WHERE state IS NOT NULL;
"""
# From version 1, whose places were all of article.clean.v1: the hosts stay, reading begins where the topic begins.
UPGRADE = f"DROP TABLE place; {PLACE}"


class StoreError(RuntimeError):
    """The folder cannot be used: the message says why and what to do."""


class Store:
    """The store in `folder`, which it makes.

    Args:
        topic: the name of the topic that is read into it.

    Raises:
        StoreError: another process works on it, or a newer program wrote it.
    """

    def __init__(self, folder: Path, settings: ProfilerSettings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        folder.mkdir(parents=True, exist_ok=True)
        self._lease = (folder / LEASE).open("a+", encoding="ascii")
        try:
            fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lease.close()
            raise StoreError(
                f"{folder}: another profiler works on this folder. Stop it, or set WIREROOM_DATA_FOLDER."
            ) from None
        self._base = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA_VERSION:
            make = UPGRADE if version else SCHEMA
            self._base.executescript(f"BEGIN; {make} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            self.close()
            raise StoreError(f"{folder / FILE} has version {version}, this program knows {SCHEMA_VERSION}: remove it")
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(State).decode

    def close(self) -> None:
        self._base.close()
        self._lease.close()

    def places(self) -> dict[int, int]:
        """The offset of the next message to read, by partition of the topic; a partition never read is not there."""
        return dict(self._base.execute("SELECT partition, next FROM place WHERE topic = ?", (self._topic,)).fetchall())

    def take(self, articles: Iterable[CleanArticle], places: Mapping[int, int]) -> None:
        """Observes articles and notes how far that reads each partition, or neither."""
        by_host: dict[str, list[CleanArticle]] = defaultdict(list)
        for article in articles:
            if host := host_of(article.final_url or article.url):
                by_host[host].append(article)
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for host in sorted(by_host):
                self._observe(host, by_host[host])
            self._forget()
            rows = [(self._topic, partition, place) for partition, place in places.items()]
            self._base.executemany("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", rows)

    def _observe(self, host: str, articles: list[CleanArticle]) -> None:
        row = self._base.execute("SELECT state FROM host WHERE name = ?", (host,)).fetchone()
        before = self._decode(row[0]) if row and row[0] is not None else EMPTY
        state = before
        for article in articles:
            state = observe(state, article, self._settings)
        if state != before:
            self._base.execute(
                "INSERT INTO host VALUES (?1, ?2, ?3, 1) "
                "ON CONFLICT (name) DO UPDATE SET state = ?2, newest = ?3, due = 1",
                (host, self._encode(state), state.newest),
            )

    def _forget(self) -> None:
        """Hosts beyond the limit, those without news for longest."""
        self._base.execute(
            "UPDATE host SET state = NULL, due = 1 WHERE name IN (SELECT name FROM host WHERE state IS NOT NULL "
            "ORDER BY newest DESC, name LIMIT -1 OFFSET ?)",
            (self._settings.profile_hosts,),
        )

    def due(self, limit: int) -> list[tuple[str, HostProfile | None]]:
        """Hosts whose profile is to be published, with it; None where a host was forgotten."""
        rows = self._base.execute("SELECT name, state FROM host WHERE due = 1 ORDER BY name LIMIT ?", (limit,))
        return [
            (name, None if state is None else profile(name, self._decode(state), self._settings))
            for name, state in rows.fetchall()
        ]

    def published(self, profiles: Iterable[tuple[str, HostProfile | None]]) -> None:
        """Notes that the broker has these."""
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for name, made in profiles:
                if made is None:
                    self._base.execute("DELETE FROM host WHERE name = ?", (name,))
                else:
                    self._base.execute("UPDATE host SET due = 0 WHERE name = ?", (name,))

    def hosts(self) -> int:
        """How many hosts are remembered."""
        (count,) = self._base.execute("SELECT count(*) FROM host WHERE state IS NOT NULL").fetchone()
        return int(count)
