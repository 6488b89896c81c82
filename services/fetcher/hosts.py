"""What a store remembers of the origins themselves: our manners towards each, its robots.txt, what it reserves."""

import sqlite3
import threading

from services.fetcher.group_commit import GroupCommit
from services.fetcher.records import OriginRecord
from services.fetcher.reservations import ReservationCopy
from services.fetcher.robots_cache import RobotsCopy
from services.fetcher.rows import read


class Hosts:
    """Part of a store, and safe to call from several threads as that is."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock, group: GroupCommit) -> None:
        self._connection = connection
        self._lock = lock
        self._group = group

    def origin(self, origin: str) -> OriginRecord:
        """Our manners towards `origin`; the defaults for one never asked."""
        with self._lock:
            known = read(self._connection, OriginRecord, "origins", "origin", origin)
        return known or OriginRecord(origin=origin)

    def save_origin(self, origin: OriginRecord) -> None:
        """Remembers manners towards an origin."""
        values = (origin.origin, origin.ready_at, origin.refusals)
        self._group.execute("INSERT OR REPLACE INTO origins (origin, ready_at, refusals) VALUES (?, ?, ?)", values)

    def robots(self, origin: str) -> RobotsCopy | None:
        """What `origin` last answered when asked for its robots.txt."""
        row = self._row("SELECT status, body, asked_at, good_at FROM robots WHERE origin = ?", origin)
        return RobotsCopy(*row) if row else None

    def save_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remembers an origin's robots.txt."""
        values = (origin, copy.status, copy.body, copy.asked_at, copy.good_at)
        self._group.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", values)

    def reservation(self, origin: str) -> ReservationCopy | None:
        """What `origin` last answered when asked what text and data mining it reserves."""
        row = self._row("SELECT status, body, asked_at FROM reservations WHERE origin = ?", origin)
        return ReservationCopy(*row) if row else None

    def save_reservation(self, origin: str, copy: ReservationCopy) -> None:
        """Remembers what an origin reserves."""
        values = (origin, copy.status, copy.body, copy.asked_at)
        self._group.execute("INSERT OR REPLACE INTO reservations VALUES (?, ?, ?, ?)", values)

    def _row(self, query: str, origin: str) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(query, (origin,)).fetchone()
        return row
