"""What the parser of feeds is given, and what it gives back: apart from it, whose memory only its worker needs."""

from msgspec import Struct

from services.fetcher.survey import Wishes
from shared.messages import FeedEntry


class FeedDocument(Struct, frozen=True):
    """What a pool worker gets, as MessagePack."""

    url: str  # final address: base of relative links
    body: bytes
    charset: str = ""  # of the Content-Type header
    max_entries: int = 2000
    max_bytes: int = 10 << 20  # after unpacking, for documents that are gzip files
    max_sitemaps: int = 20


class Entry(Struct, frozen=True):
    """One article that a feed or sitemap names."""

    link: str  # absolute where the document gave a base; empty where it gave no link
    id: str
    told: FeedEntry
    changed: str = ""  # `PageTime` of the last change that a sitemap tells of; empty where it tells of none


class Feed(Struct, frozen=True, kw_only=True):
    """What a feed or sitemap says."""

    entries: tuple[Entry, ...] = ()
    title: str = ""
    wishes: Wishes = Wishes()
    sitemaps: tuple[str, ...] = ()  # that a sitemap index names
    over_limit: int = 0  # entries left out
