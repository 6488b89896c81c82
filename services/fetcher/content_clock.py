"""When a source last had something new, when the next is to be expected, and whether it has fallen silent. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from services.fetcher.records import FeedRecord
from shared.observe.fetching import SourceStatus

SILENT_GAPS, SILENT_SECONDS = 4.0, 6 * 3600.0  # typical gaps without news, and at least so long: night is no silence


def instant(seconds: float | None) -> datetime | None:
    """Unix seconds as aware UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def content_clock(source_id: str, feeds: Iterable[FeedRecord], now: float) -> SourceStatus:
    """The state of one source, from its feeds and sitemaps: the latest news of any of them counts.

    Nothing is expected before two polls have brought new articles, for one says nothing about a rhythm.
    """
    given = list(feeds)
    new_at = max((feed.new_at for feed in given if feed.new_at is not None), default=None)
    gap = min((feed.gap_seconds for feed in given if feed.gap_seconds), default=0.0)
    expected_at = silent_since = None
    if new_at is not None and gap:
        expected_at = new_at + gap
        if now - new_at > max(SILENT_GAPS * gap, SILENT_SECONDS):
            silent_since = new_at
    return SourceStatus(
        source=source_id,
        feeds=len(given),
        failing=sum(feed.failures > 0 for feed in given),
        new_at=instant(new_at),
        expected_at=instant(expected_at),
        silent_since=instant(silent_since),
    )
