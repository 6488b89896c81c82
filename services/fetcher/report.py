"""How the sources fare, for people: what the status page and `sources list` show."""

import sqlite3
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from services.fetcher.records import PollOutcome
from services.fetcher.sources import SourceConfig


class FeedState(Struct, frozen=True, kw_only=True):
    """One feed or sitemap of a source."""

    url: str
    kind: str  # feed or sitemap
    title: str
    outcome: PollOutcome  # of the last poll; empty before the first
    detail: str  # what went wrong, for people
    failures: int  # in a row
    interval_seconds: float
    asked_at: datetime | None
    due_at: datetime | None  # None: never again
    new_at: datetime | None  # when it last named an article that was new


class SourceState(Struct, frozen=True, kw_only=True):
    """One source. `urls` counts the URLs that came through it by fate."""

    id: str
    name: str
    country: str
    language: str
    feeds: tuple[FeedState, ...]
    urls: dict[str, int]


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds, 3), UTC)


def sources_state(connection: sqlite3.Connection) -> list[SourceState]:
    """Every source that the store knows of, in the order of their ids."""
    feeds: dict[str, list[FeedState]] = {}
    query = "SELECT feeds.*, due_at FROM feeds LEFT JOIN queue ON queue.kind = 'feed' AND queue.key = url ORDER BY url"
    for row in connection.execute(query):
        given = {name: row[name] for name in FeedState.__struct_fields__}
        given |= {name: _time(row[name]) for name in ("asked_at", "due_at", "new_at")}
        feeds.setdefault(row["source_id"], []).append(FeedState(**given))
    urls: dict[str, dict[str, int]] = {}
    query = "SELECT source_id, fate, count(*) AS n FROM urls GROUP BY source_id, fate ORDER BY source_id, fate"
    for row in connection.execute(query):
        urls.setdefault(row["source_id"], {})[row["fate"]] = row["n"]
    states = []
    for row in connection.execute("SELECT id, config FROM sources ORDER BY id"):
        source = msgspec.json.decode(row["config"], type=SourceConfig)
        state = SourceState(
            id=source.id,
            name=source.name,
            country=source.country,
            language=source.language,
            feeds=tuple(feeds.get(source.id, ())),
            urls=urls.get(source.id, {}),
        )
        states.append(state)
    return states
