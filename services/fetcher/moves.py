"""Feeds that move: a permanent redirect is believed when it was seen several times over a day. Pure.

One answer proves little: hotel portals, expired domains and botched deployments send permanent redirects too.
"""

from msgspec.structs import replace

from services.fetcher.download import Answer
from services.fetcher.origin import feed_address
from services.fetcher.records import FeedRecord
from services.fetcher.redirects import same_origin

PERMANENT = (301, 308)  # RFC 9110 15.4
SIGHTINGS, SIGHTING_SECONDS = 3, 86_400.0  # polls in a row, and the time from the first to the last of them
LOST = 3  # failures in a row at an adopted address that send us back to the one that was configured


def sighted(feed: FeedRecord, answer: Answer, now: float, own_headers: bool) -> FeedRecord:
    """The feed after an answer that worked: nearer to its new address, or asked there from now on.

    Args:
        own_headers: the source sends headers of its own. They are meant for the origin that was configured, so such a
            feed follows its redirect at every poll and never moves to another origin; nor does any from https to http.
    """
    if not answer.hops or any(hop.status not in PERMANENT for hop in answer.hops):
        return replace(feed, moved_to="", moved_seen=0, moved_since=None) if feed.moved_to else feed
    target = feed_address(answer.url)
    if feed.moved_to != target or feed.moved_since is None:
        return replace(feed, moved_to=target, moved_seen=1, moved_since=now)
    seen = replace(feed, moved_seen=feed.moved_seen + 1)
    early = seen.moved_seen < SIGHTINGS or now - feed.moved_since < SIGHTING_SECONDS
    unsafe = own_headers and not same_origin(target, feed.url)
    if early or unsafe or (feed.asked_url.startswith("https:") and not target.startswith("https:")):
        return seen
    return replace(feed, address="" if target == feed.url else target, moved_to="", moved_seen=0, moved_since=None)


def lost(feed: FeedRecord) -> FeedRecord:
    """The feed after a failure: back at its configured address, where the adopted one keeps failing."""
    return replace(feed, address="") if feed.address and feed.failures >= LOST else feed
