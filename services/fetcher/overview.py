"""The fetcher's store as it shows it to others, at `/sources` of its metrics port."""

from itertools import groupby
from typing import Protocol

from services.fetcher.clock import Clock, SystemClock
from services.fetcher.content_clock import content_clock, instant
from services.fetcher.records import FeedRecord
from shared.observe.fetching import FeedStatus, Fetching


class Readable(Protocol):
    """A store, or the views of all its shards."""

    def feeds(self) -> list[tuple[FeedRecord, float | None]]: ...

    def fates(self) -> dict[str, int]: ...

    def refusals(self) -> dict[str, int]: ...

    def outbox_size(self) -> int: ...


def fetching(store: Readable, clock: Clock | None = None) -> Fetching:
    """Fates of all URLs, every feed with when it was asked and when it is due, every source with its content clock."""
    known = store.feeds()
    now = (clock or SystemClock()).now()
    feeds = [
        FeedStatus(
            source=feed.source_id,
            url=feed.url,
            kind=feed.kind,
            title=feed.title,
            outcome=feed.outcome,
            detail=feed.detail,
            failures=feed.failures,
            asked_at=instant(feed.asked_at),
            new_at=instant(feed.new_at),
            due_at=instant(due_at),
        )
        for feed, due_at in known
    ]
    by_source = groupby((feed for feed, _ in known), key=lambda feed: feed.source_id)
    return Fetching(
        fates=store.fates(),
        refusals=store.refusals(),
        outbox=store.outbox_size(),
        feeds=tuple(feeds),
        sources=tuple(content_clock(source_id, given, now) for source_id, given in by_source),
    )
