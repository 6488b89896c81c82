"""Records to rows and back: a struct's fields are its table's columns."""

import sqlite3
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from services.fetcher.records import FeedRecord

# Columns that a replacement leaves alone: they never change there, and the indexes over them need no work then.
FIXED: dict[type[Struct], tuple[str, ...]] = {FeedRecord: ("url", "source_id", "kind", "parent")}
R = TypeVar("R", bound=Struct)


def read(connection: sqlite3.Connection, kind: type[R], table: str, column: str, value: str) -> R | None:
    """The row of `table` whose key `column` is `value`."""
    row = connection.execute(_selection(table, kind, column), (value,)).fetchone()
    # By position: a row looks each name up among all its columns.
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind) if row else None


def read_feeds(connection: sqlite3.Connection) -> list[tuple[FeedRecord, float | None]]:
    """Every feed and sitemap, by source and address, with when it is due (None: never again)."""
    query = (
        "SELECT feeds.*, due_at FROM feeds LEFT JOIN queue ON queue.kind = 'feed' AND queue.key = url "
        "ORDER BY source_id, url"
    )
    return [(msgspec.convert(dict(row), FeedRecord), row["due_at"]) for row in connection.execute(query)]


def read_fates(connection: sqlite3.Connection) -> dict[str, int]:
    """How many URLs met each fate. One on its way to the shard that will keep it is open."""
    query = (
        "SELECT fate, sum(n) FROM (SELECT fate, count(*) AS n FROM urls GROUP BY fate UNION ALL "
        "SELECT 'open', count(*) FROM handed WHERE record IS NOT NULL AND kind = 'url') GROUP BY fate HAVING sum(n) > 0"
    )
    return dict(connection.execute(query).fetchall())


def read_refusals(connection: sqlite3.Connection) -> dict[str, int]:
    """How many URLs were refused for each `Refusal`."""
    query = "SELECT reason, count(*) FROM urls WHERE fate = 'refused' GROUP BY reason ORDER BY reason"
    return dict(connection.execute(query).fetchall())


def read_outbox_size(connection: sqlite3.Connection) -> int:
    """Messages not yet acknowledged."""
    return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])


def insert(connection: sqlite3.Connection, table: str, record: Struct, known: str = "ON CONFLICT DO NOTHING") -> bool:
    """Adds a row; one whose key is known stays as it is. Returns whether it was new."""
    values = msgspec.structs.astuple(record)
    return connection.execute(_insertion(table, type(record)) + known, values).rowcount == 1


@cache
def _selection(table: str, kind: type[Struct], column: str) -> str:
    return f"SELECT {', '.join(kind.__struct_fields__)} FROM {table} WHERE {column} = ?"  # noqa: S608 our own names


@cache
def _insertion(table: str, kind: type[Struct]) -> str:
    columns, places = ", ".join(kind.__struct_fields__), ", ".join("?" for _ in kind.__struct_fields__)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) "  # noqa: S608 our own names


@cache
def _replacing(kind: type[Struct]) -> str:
    changing = [name for name in kind.__struct_fields__ if name not in FIXED.get(kind, ())]
    return "ON CONFLICT DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changing)


def upsert(connection: sqlite3.Connection, table: str, record: Struct) -> None:
    """Adds a row, or replaces the one with its key."""
    insert(connection, table, record, _replacing(type(record)))
