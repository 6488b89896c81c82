"""One poll of one feed or sitemap: what to ask, what the answer changes, when to come back."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.fetcher import events
from services.fetcher.download import Answer, Failed, Limits
from services.fetcher.feeds import Feed, FeedDocument
from services.fetcher.freshness import fresh_seconds, header
from services.fetcher.gates import BUSY
from services.fetcher.means import Means
from services.fetcher.media import content_type
from services.fetcher.named import found_sitemaps, found_urls
from services.fetcher.origin import origin_of
from services.fetcher.records import FeedRecord, Job, PollOutcome, UrlRecord
from services.fetcher.repair import NotAFeed
from services.fetcher.request_headers import HeadersError, read_headers
from services.fetcher.schedule import UNVALIDATED_FLOOR, failed_feed_due, feed_due, next_interval
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.survey import Wishes
from shared.identity import digest
from shared.observe import metrics
from shared.outcomes import Refusal

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
PERMANENT = (301, 308)  # RFC 9110 15.4
OURS = (Refusal.ADDRESS, Refusal.ROBOTS)  # we did not ask; everything else went wrong on the way


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


def pace(feed: FeedRecord, source: SourceConfig, settings: FetcherSettings) -> Pace:
    """The source's own bounds where it has them; one that is given alone pulls the default of the other along."""
    low = source.interval_min_seconds or settings.interval_min_seconds
    high = source.interval_max_seconds or settings.interval_max_seconds
    low, high = (min(low, high), high) if source.interval_max_seconds else (low, max(low, high))
    return Pace(min(high, max(low, feed.interval_seconds or settings.interval_start_seconds)), low, high)


def wishes_of(feed: FeedRecord) -> Wishes:
    """What the feed asked for when it was last read."""
    return msgspec.json.decode(feed.wishes, type=Wishes)


def validators(feed: FeedRecord) -> dict[str, str]:
    """Request headers that make the next answer conditional: what the server gave, byte for byte, nothing invented."""
    given = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in given.items() if value}


def failed(feed: FeedRecord, outcome: PollOutcome, detail: str, step: Pace, now: float) -> Result:
    """A poll that brought nothing: come back twice as late as the last time."""
    after = replace(feed, outcome=outcome, failures=feed.failures + 1, detail=detail)
    return Result(after, failed_feed_due(feed.url, now, step.now, after.failures, step.high))


def answered(feed: FeedRecord, answer: Answer, given: Feed | None, new: bool, step: Pace, now: float) -> Result:
    """A poll that worked.

    Args:
        feed: as it was before.
        answer: status 200 or 304.
        given: the parsed body; None where it is the one that was parsed last.
        new: whether it names articles that were not known.
        step: the feed's pace so far.
        now: time of the answer.
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
        wishes=msgspec.json.encode(wishes),
        interval_seconds=interval,
        failures=0,
        outcome="not_modified" if answer.status == 304 else "changed" if new else "unchanged",
        detail="",
        new_at=now if new else feed.new_at,
        moved_to=answer.url if answer.hops and all(hop.status in PERMANENT for hop in answer.hops) else "",
    )
    due = feed_due(feed.url, now, interval, floor, wishes.skip_hours, wishes.skip_days)
    return Result(after, due)


async def poll(job: Job, means: Means) -> list[str]:
    """Polls a feed and stores what came of it.

    Returns:
        The addresses that it named for the first time.

    Raises:
        Postponed: the host wants to be left alone.
    """
    store, clock = means.store, means.clock
    feed = store.feed(job.key)
    if feed is None:
        raise LookupError(f"queued and not known: {job.key}")
    source = store.source(feed.source_id)
    step = pace(feed, source, means.settings)
    asked_at = clock.now()
    wishes = wishes_of(feed)
    store.claim(job, feed_due(feed.url, asked_at, step.now, wishes.wait_seconds, wishes.skip_hours, wishes.skip_days))
    result = await _ask(replace(feed, asked_at=asked_at), source, step, means)
    new = store.save_feed(result.feed, result.due_at, result.found, result.sitemaps)
    events.poll(result.feed, clock.now() - asked_at)
    return new


async def _ask(feed: FeedRecord, source: SourceConfig, step: Pace, means: Means) -> Result:
    settings, now = means.settings, means.clock.now
    limits = Limits(
        wire_bytes=settings.feed_wire_bytes,
        decoded_bytes=settings.feed_decoded_bytes,
        redirects=settings.feed_redirects,
        total_seconds=settings.feed_total_seconds,
        connect_seconds=settings.connect_seconds,
    )
    try:
        answer = await means.manners.get(
            feed.url,
            accept=ACCEPT,
            headers=validators(feed) | read_headers(source.headers_file),
            limits=limits,
            delay=source.delay_seconds,
            obey=source.feeds_robots == "obey",
        )
    except (Failed, HeadersError) as error:
        refused = isinstance(error, Failed) and error.refusal in OURS
        return failed(feed, "refused" if refused else "failed", str(error), step, now())
    if answer.status == 410:
        return Result(replace(feed, outcome="gone", detail="410"), None)
    if answer.status == 304 or (answer.status == 200 and digest(answer.body) == feed.content_hash):
        return answered(feed, answer, None, False, step, now())
    if answer.status != 200:
        result = failed(feed, "failed", f"status {answer.status}", step, now())
        rest_until = means.manners.gates.ready_at(origin_of(answer.url)) if answer.status in BUSY else 0.0
        return replace(result, due_at=max(result.due_at or 0.0, rest_until))
    _, charset = content_type(header(answer.headers, "content-type"))
    document = FeedDocument(
        url=answer.url,
        body=answer.body,
        charset=charset,
        max_entries=settings.feed_entries,
        max_bytes=settings.feed_decoded_bytes,
        max_sitemaps=settings.sitemap_children,
    )
    try:
        given = await means.parse(document)
    except NotAFeed as error:
        return failed(feed, "failed", f"not a feed: {error}", step, now())
    except Exception as error:  # the worker was killed at its deadline or memory limit, or met what no one expected
        return failed(feed, "failed", f"unreadable: {type(error).__name__}: {error}", step, now())
    metrics.ENTRIES_DROPPED.labels("over_limit").inc(given.over_limit)
    named = found_urls(given.entries, feed, now(), now() - settings.sitemap_age_seconds)
    found = means.store.unknown(named)
    result = answered(feed, answer, given, bool(found), step, now())
    return replace(result, found=found, sitemaps=found_sitemaps(given.sitemaps, feed))
