"""The content clock of a source: silence is measured by its own rhythm."""

from datetime import UTC, datetime

import pytest

from services.fetcher.content_clock import content_clock
from services.fetcher.records import FeedRecord
from services.fetcher.schedule import smoothed_gap

HOUR = 3600.0
NOW = 1_795_000_000.0


def feed(new_at: float | None, gap: float = 0.0, failures: int = 0) -> FeedRecord:
    url = f"https://a.example/{new_at}{gap}{failures}"
    return FeedRecord(url=url, source_id="a", kind="feed", new_at=new_at, gap_seconds=gap, failures=failures)


@pytest.mark.parametrize(
    ("feeds", "expected", "silent"),
    [
        ([feed(None)], None, None),
        ([feed(NOW - 90 * HOUR)], None, None),  # no rhythm is known
        ([feed(NOW - HOUR, 2 * HOUR)], NOW + HOUR, None),
        ([feed(NOW - 5 * HOUR, HOUR)], NOW - 4 * HOUR, None),  # a night
        ([feed(NOW - 7 * HOUR, HOUR)], NOW - 6 * HOUR, NOW - 7 * HOUR),
        ([feed(NOW - 7 * HOUR, 24 * HOUR)], NOW + 17 * HOUR, None),
        ([feed(NOW - 7 * HOUR, HOUR), feed(NOW - 2 * HOUR, HOUR)], NOW - HOUR, None),
    ],
)
def test_silence_is_measured_by_the_rhythm(feeds: list[FeedRecord], expected: float | None, silent: float | None):
    told = content_clock("a", feeds, NOW)

    def instant(at: float | None) -> datetime | None:
        return None if at is None else datetime.fromtimestamp(at, UTC)

    assert (told.expected_at, told.silent_since) == (instant(expected), instant(silent))


def test_failing_feeds_are_counted():
    told = content_clock("a", [feed(NOW), feed(NOW, failures=2)], NOW)
    assert (told.feeds, told.failing) == (2, 1)


def test_the_typical_gap_follows_slowly():
    assert smoothed_gap(0.0, None, NOW) == 0
    assert smoothed_gap(0.0, NOW - HOUR, NOW) == HOUR
    assert smoothed_gap(HOUR, NOW - 11 * HOUR, NOW) == pytest.approx(4 * HOUR)
