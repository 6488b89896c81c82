"""The fetcher's state as it shows it to others: what became of every URL, and how every feed fares.

The fetcher serves it read-only as JSON at `/sources` of its metrics port, and the status page passes it on.
"""

from datetime import datetime

from msgspec import Struct

PATH = "/sources"


class FeedStatus(Struct, frozen=True, kw_only=True):
    """One feed or sitemap, as the fetcher's store knows it."""

    source: str
    url: str
    kind: str = "feed"
    title: str = ""
    outcome: str = ""  # of the last time it was asked
    detail: str = ""  # the last error, for people
    failures: int = 0  # in a row
    asked_at: datetime | None = None
    new_at: datetime | None = None  # when it last named an article that was new
    due_at: datetime | None = None


class SourceStatus(Struct, frozen=True, kw_only=True):
    """One source by its content clock: whether news comes as it usually does."""

    source: str
    feeds: int = 0
    failing: int = 0  # of them
    new_at: datetime | None = None  # when one of its feeds last named an article that was new
    expected_at: datetime | None = None  # when the next is due by its usual rhythm; None until that is known
    silent_since: datetime | None = None  # the last new article, where the next is long overdue


class Fetching(Struct, frozen=True, kw_only=True):
    """The fetcher's store in numbers. Every URL ever found has one fate; `refusals` splits the refused by reason."""

    fates: dict[str, int] = {}
    refusals: dict[str, int] = {}
    outbox: int = 0  # raw articles fetched and not yet acknowledged
    feeds: tuple[FeedStatus, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
