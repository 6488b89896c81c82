"""One poll of one feed or sitemap: what to ask, and what to do with the answer."""

from msgspec.structs import replace

from services.fetcher import events
from services.fetcher.after_poll import Pace, Result, answered, due_unchanged, failed, pace
from services.fetcher.doubt import doubted, probed, probing
from services.fetcher.download import Failed, Limits
from services.fetcher.feed_document import FeedDocument
from services.fetcher.freshness import header
from services.fetcher.gates import BUSY
from services.fetcher.means import Means
from services.fetcher.media import content_type
from services.fetcher.named import found_sitemaps, found_url, named_articles
from services.fetcher.origin import origin_of
from services.fetcher.records import FeedRecord, Job
from services.fetcher.repair import NotAFeed
from services.fetcher.request_headers import HeadersError, read_headers
from services.fetcher.sources import SourceConfig
from shared.identity import digest
from shared.observe import metrics
from shared.outcomes import Refusal

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
OURS = (Refusal.ADDRESS, Refusal.ROBOTS)  # we did not ask; everything else went wrong on the way
MISSING = 404


def validators(feed: FeedRecord) -> dict[str, str]:
    """Request headers that make the next answer conditional: what the server gave, byte for byte, nothing invented."""
    given = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in given.items() if value}


async def poll(job: Job, means: Means) -> list[str]:
    """Polls a feed and stores what came of it.

    Returns:
        The addresses that there is now something to ask of: named for the first time, and its own where that changed.

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
    claimed = due_unchanged(feed, asked_at, step)
    if not store.claim(job, claimed):
        return []
    probe = doubted(feed, asked_at)
    asking = replace(probing(feed, asked_at) if probe else feed, asked_at=asked_at)
    result = await ask(asking, {} if probe else validators(feed), source, step, means)
    if probe:
        lied = result.feed.content_hash != feed.content_hash
        result = replace(result, feed=probed(result.feed, lied, clock.now()))
    if result.feed.address and store.asked_as(result.feed.address, feed.url):
        detail = f"moved to {result.feed.address}, which is asked already"
        result = replace(result, feed=replace(result.feed, outcome="gone", detail=detail), due_at=None)
    moved = result.feed.asked_url != feed.asked_url
    new = store.save_feed(result.feed, result.due_at, result.found, result.sitemaps, None if moved else claimed)
    events.poll(result.feed, clock.now() - asked_at)
    return [*new, result.feed.asked_url] if moved else new


async def ask(feed: FeedRecord, conditions: dict[str, str], source: SourceConfig, step: Pace, means: Means) -> Result:
    """Asks for a feed once, reads what comes, and says what that changes; nothing of it is stored.

    Raises:
        Postponed: the host wants to be left alone.
    """
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
            feed.asked_url,
            accept=ACCEPT,
            headers=conditions | read_headers(source.headers_file),
            limits=limits,
            delay=source.delay_seconds,
            obey=source.feeds_robots == "obey",
            proxy=source.proxy,
        )
    except (Failed, HeadersError) as error:
        refused = isinstance(error, Failed) and error.refusal in OURS
        return failed(feed, "refused" if refused else "failed", str(error), step, now())
    if answer.status == 410:
        return Result(replace(feed, outcome="gone", detail="410"), None)
    if answer.status == 304 or (answer.status == 200 and digest(answer.body) == feed.content_hash):
        return answered(feed, answer, None, False, step, now(), own_headers=bool(source.headers_file))
    if answer.status != 200:
        result = failed(feed, "failed", f"status {answer.status}", step, now(), missing=answer.status == MISSING)
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
    oldest, forgotten = now() - settings.sitemap_age_seconds, now() - settings.keep_seconds
    named = named_articles(given.entries, oldest, forgotten)
    found = [found_url(key, named[key], feed, now()) for key in means.store.unknown(named)]
    result = answered(feed, answer, given, bool(found), step, now(), own_headers=bool(source.headers_file))
    return replace(result, found=found, sitemaps=found_sitemaps(given.sitemaps, feed), given=given)
