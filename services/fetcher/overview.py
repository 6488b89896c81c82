"""The fetcher's store as it shows it to others, at `/sources` of its metrics port."""

from datetime import UTC, datetime

from services.fetcher.state import Store
from shared.observe.fetching import FeedStatus, Fetching


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def fetching(store: Store) -> Fetching:
    """Fates of all URLs, and every feed with when it was asked and when it is due."""
    feeds = [
        FeedStatus(
            source=feed.source_id,
            url=feed.url,
            kind=feed.kind,
            title=feed.title,
            outcome=feed.outcome,
            detail=feed.detail,
            failures=feed.failures,
            asked_at=_instant(feed.asked_at),
            new_at=_instant(feed.new_at),
            due_at=_instant(due_at),
        )
        for feed, due_at in store.feeds()
    ]
    return Fetching(fates=store.fates(), refusals=store.refusals(), outbox=store.outbox_size(), feeds=tuple(feeds))
