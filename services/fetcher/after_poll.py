"""What an answer to a poll changes, and when to come back. Pure: every fact is an argument."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.fetcher.download import Answer
from services.fetcher.feed_document import Feed
from services.fetcher.freshness import fresh_seconds, header
from services.fetcher.moves import lost, sighted
from services.fetcher.records import FeedRecord, PollOutcome, UrlRecord
from services.fetcher.schedule import (
    UNVALIDATED_FLOOR,
    dormant_due,
    failed_feed_due,
    feed_due,
    is_dormant,
    next_interval,
    smoothed_gap,
)
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.survey import Wishes
from shared.identity import digest

MISSING_STRIKES = 3  # that a 404 counts for: ten in a row put a feed to sleep, or thirty failures of other kinds


NO_WISHES = Wishes()
_NONE = msgspec.json.encode(NO_WISHES)


class Pace(Struct, frozen=True):
    """Seconds between the polls of one feed: where it stands, and the bounds."""

    now: float
    low: float
    high: float


class Result(Struct, frozen=True):
    """What an answer changes."""

    feed: FeedRecord
    due_at: float | None
    found: Sequence[UrlRecord] = ()
    sitemaps: Sequence[FeedRecord] = ()
    given: Feed | None = None  # the document, where it was read anew


def pace(feed: FeedRecord, source: SourceConfig, settings: FetcherSettings) -> Pace:
    """The source's own bounds where it has them; one that is given alone pulls the default of the other along."""
    low = source.interval_min_seconds or settings.interval_min_seconds
    high = source.interval_max_seconds or settings.interval_max_seconds
    low, high = (min(low, high), high) if source.interval_max_seconds else (low, max(low, high))
    return Pace(min(high, max(low, feed.interval_seconds or settings.interval_start_seconds)), low, high)


def wishes_of(feed: FeedRecord) -> Wishes:
    """What the feed asked for when it was last read."""
    return NO_WISHES if feed.wishes == _NONE else msgspec.json.decode(feed.wishes, type=Wishes)


def due_unchanged(feed: FeedRecord, asked_at: float, step: Pace) -> float:
    """When a feed that is asked at `asked_at` is asked next, should its answer bring nothing: most do."""
    wishes, interval = wishes_of(feed), next_interval(step.now, False, step.low, step.high)
    return feed_due(feed.url, asked_at, interval, wishes.wait_seconds, wishes.skip_hours, wishes.skip_days)


def failed(
    feed: FeedRecord, outcome: PollOutcome, detail: str, step: Pace, now: float, missing: bool = False
) -> Result:
    """A poll that brought nothing: come back twice as late as the last time; in the end, once a week.

    Args:
        missing: the server says that there is no such feed.
    """
    strikes = feed.strikes + (MISSING_STRIKES if missing else 1)
    after = lost(replace(feed, outcome=outcome, failures=feed.failures + 1, strikes=strikes, detail=detail))
    if is_dormant(strikes):
        return Result(after, dormant_due(feed.url, now))
    return Result(after, failed_feed_due(feed.url, now, step.now, after.failures, step.high))


def answered(
    feed: FeedRecord, answer: Answer, given: Feed | None, new: bool, step: Pace, now: float, own_headers: bool = False
) -> Result:
    """A poll that worked.

    Args:
        feed: as it was before, asked just now.
        answer: status 200 or 304.
        given: the parsed body; None where it is the one that was parsed last.
        new: whether it names articles that were not known.
        step: the feed's pace so far.
        now: time of the answer.
        own_headers: the source sends request headers of its own.
    """
    wishes = given.wishes if given else wishes_of(feed)
    etag, last_modified = header(answer.headers, "etag"), header(answer.headers, "last-modified")
    if answer.status == 304:  # repeats only what has changed
        etag, last_modified = etag or feed.etag, last_modified or feed.last_modified
    floor = max(wishes.wait_seconds, fresh_seconds(answer.headers, now))
    if not given and not etag and not last_modified:
        floor = max(floor, min(step.high, UNVALIDATED_FLOOR))
    interval = next_interval(step.now, new, step.low, step.high)
    after = replace(
        feed,
        title=given.title if given and given.title else feed.title,
        etag=etag,
        last_modified=last_modified,
        content_hash=digest(answer.body) if given else feed.content_hash,
        wishes=feed.wishes if not given else _NONE if wishes == NO_WISHES else msgspec.json.encode(wishes),
        interval_seconds=interval,
        failures=0,
        strikes=0,
        outcome="not_modified" if answer.status == 304 else "changed" if new else "unchanged",
        detail="",
        doubted_at=feed.doubted_at if answer.status == 304 else None,  # a whole document settles it
        new_at=now if new else feed.new_at,
        gap_seconds=smoothed_gap(feed.gap_seconds, feed.new_at, now) if new else feed.gap_seconds,
    )
    due = feed_due(
        feed.url, now if feed.asked_at is None else feed.asked_at, interval, floor, wishes.skip_hours, wishes.skip_days
    )
    return Result(sighted(after, answer, now, own_headers), due)
