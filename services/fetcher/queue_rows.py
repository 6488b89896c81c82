"""The queue of a store: what is to be asked, of whom and when. A row is a promise to ask; what has none never is."""

import sqlite3
from collections.abc import Iterator

from services.fetcher.origin import origin_of
from services.fetcher.records import Job, Kind
from services.fetcher.rows import insert

_JOB = "SELECT kind, key, origin, due_at FROM queue WHERE"


def read_first(connection: sqlite3.Connection) -> Iterator[tuple[Job, float]]:
    """What is due first of every origin that something is to be asked of, with the time at which that may start."""
    query = (
        "SELECT kind, key, queue.origin, min(due_at), coalesce(ready_at, 0) FROM queue "
        "LEFT JOIN origins USING (origin) GROUP BY queue.origin"  # SQLite gives the row in which the minimum stands
    )
    for kind, key, origin, due_at, ready_at in connection.execute(query):
        yield Job(kind, key, origin, due_at), max(due_at, ready_at)


def read_next(connection: sqlite3.Connection, origin: str, at: float, feeds_first: bool) -> Job | None:
    """What `origin` is to be asked next, when it is asked at `at`: the job that will have been due longest.

    Of equals a feed, or else the one queued first: that is the order of the index, so nothing is sorted. With
    `feeds_first`, a feed that is due goes before all pages: behind a long backlog it would be polled hours late.
    """
    query = f"{_JOB} origin = ? ORDER BY due_at, kind, rowid LIMIT 1"
    row = connection.execute(query, (origin,)).fetchone()
    if row and feeds_first and row["kind"] != "feed":
        query = f"{_JOB} origin = ? AND due_at <= ? AND kind = 'feed' ORDER BY due_at LIMIT 1"
        row = connection.execute(query, (origin, at)).fetchone() or row
    return Job(*row) if row else None


def read_job(connection: sqlite3.Connection, kind: Kind, key: str) -> Job | None:
    """What is queued under this kind and key."""
    row = connection.execute(f"{_JOB} kind = ? AND key = ?", (kind, key)).fetchone()
    return Job(*row) if row else None


def requeue(connection: sqlite3.Connection, kind: Kind, key: str, url: str, due_at: float | None) -> None:
    """Sets when something is asked of the origin of `url`; None: never."""
    if due_at is None:
        connection.execute("DELETE FROM queue WHERE kind = ? AND key = ?", (kind, key))
    else:
        values = (origin_of(url), due_at, kind, key)
        known = connection.execute("UPDATE queue SET origin = ?, due_at = ? WHERE kind = ? AND key = ?", values)
        if not known.rowcount:
            insert(connection, "queue", Job(kind, key, origin_of(url), due_at))
