"""Feeds whose server says "not modified" although they were: some repeat an ETag over changed content.

Asking without validators costs the server a whole document, so it takes evidence: another feed or sitemap of the same
source named something new, and after that this feed still said "not modified". Then one request goes without, once a
day at most, and ever more rarely while the server turns out to have told the truth.
"""

from msgspec.structs import replace

from services.fetcher.records import FeedRecord

PROBE_SECONDS, PROBE_MAX_SECONDS = 86_400.0, 30 * 86_400.0


def doubted(feed: FeedRecord, now: float) -> bool:
    """Whether the next request for this feed goes without validators."""
    told = feed.asked_at is not None and feed.doubted_at is not None and feed.asked_at > feed.doubted_at
    return told and feed.outcome == "not_modified" and now >= feed.probe_at


def probing(feed: FeedRecord, now: float) -> FeedRecord:
    """The feed as such a request starts."""
    return replace(feed, doubted_at=None, probe_at=now + max(PROBE_SECONDS, feed.probe_seconds))


def probed(feed: FeedRecord, lied: bool, now: float) -> FeedRecord:
    """The feed after the answer; `lied`: its content was another than the validators said."""
    wait = PROBE_SECONDS if lied else min(PROBE_MAX_SECONDS, max(PROBE_SECONDS, 2 * feed.probe_seconds))
    return replace(feed, probe_seconds=wait, probe_at=now + wait)
