"""What the store remembers, one frozen struct per table: the field names are the column names.

Times are Unix seconds. The identity of a URL (`key`) and of an article (`article_id`) are the same hash, so an address
that does not redirect has one key in both tables. They hold texts and numbers only and there are many of them: the
garbage collector need not look at them (`gc=False`).
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["feed", "page", "look"]  # what is asked: a feed or sitemap, an article's first fetch, a look again
PollOutcome = Literal["", "changed", "unchanged", "not_modified", "refused", "failed", "gone"]
Fate = Literal["open", "fetched", "refused", "gone", "redirected"]


class Job(Struct, frozen=True, gc=False):
    """Something to ask one origin for. `key` is the feed's URL, the URL's key or the article's id, by `kind`."""

    kind: Kind
    key: str
    origin: str  # scheme://host:port
    due_at: float


class FeedRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A feed or sitemap: its validators, how often it is asked, how it fares."""

    url: str
    source_id: str
    kind: Literal["feed", "sitemap"]
    parent: str = ""  # the sitemap index that named it
    title: str = ""
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""  # of the last body that parsed
    wishes: bytes = b"{}"  # the `Wishes` of that body as JSON
    interval_seconds: float = 0.0  # the adaptive part of the schedule; 0 before the first poll
    failures: int = 0  # in a row
    outcome: PollOutcome = ""
    detail: str = ""
    asked_at: float | None = None
    new_at: float | None = None  # when it last named an article that was new
    address: str = ""  # where it is asked since it moved for good; empty: at `url`
    moved_to: str = ""  # where its last permanent redirect led
    moved_seen: int = 0  # polls in a row that it led there
    moved_since: float | None = None  # the first of them
    strikes: int = 0  # failures since the last success, a 404 counting more; see `schedule`
    doubted_at: float | None = None  # when its source named something new elsewhere while this feed had nothing
    probe_at: float = 0.0  # no unconditional request out of doubt before
    probe_seconds: float = 0.0  # from one of those to the next
    gap_seconds: float = 0.0  # typical time between articles that are new; 0: not known yet

    @property
    def asked_url(self) -> str:
        """Where it is asked."""
        return self.address or self.url


class UrlRecord(Struct, frozen=True, kw_only=True, gc=False):
    """An address that was found, and its one fate."""

    key: str
    url: str  # as given
    source_id: str
    channel: Literal["feed", "sitemap", "page"] = "feed"
    entry: bytes = b""  # the `FeedEntry` as JSON; empty without one
    discovered_at: float
    fate: Fate = "open"
    reason: str = ""  # a `Refusal`, when the fate is refused
    detail: str = ""
    attempts: int = 0
    target: str = ""  # the key it redirected to
    hops: int = 0  # redirects that led here from hosts of other shards


class ArticleRecord(Struct, frozen=True, kw_only=True, gc=False):
    """An article that was fetched at least once: what the next look compares with."""

    article_id: str
    url: str  # as given
    final_url: str
    source_id: str
    channel: Literal["feed", "sitemap", "page"] = "feed"
    entry: bytes = b""
    state: Literal["live", "withdrawn"] = "live"
    revision: int
    content_hash: str
    etag: str = ""
    last_modified: str = ""
    first_seen_at: float
    discovered_at: float
    misses: int = 0  # looks in a row that found nothing there
    missed_at: float | None = None


class OriginRecord(Struct, frozen=True, kw_only=True, gc=False):
    """Our manners towards one scheme, host and port."""

    origin: str
    ready_at: float = 0.0  # no request before
    refusals: int = 0  # answers 429 and 503 in a row
