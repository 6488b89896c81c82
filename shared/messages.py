"""Every message that crosses a topic, in the order an article meets them.

Each message is a whole `Article`; a stage reads one kind and writes the next. Adding a field with a default is a
compatible change, anything else is a new `...v2` topic. Offsets (`start`, `end`) are half-open and count Unicode code
points of `text`. Our own times are aware UTC; times that a page gave are RFC 3339 text with the page's own offset
(`2026-11-22T08:30:00+02:00`), or a bare day (`2026-11-22`) where the page gave no more.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Instant = Annotated[datetime, Meta(tz=True)]
PAGE_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
PageTime = Annotated[str, Meta(pattern=PAGE_TIME)]
Share = Annotated[float, Meta(ge=0, le=1)]
Channel = Literal["feed", "sitemap", "page", "file", "warc"]
BlockKind = Literal["paragraph", "heading", "list", "quote", "table", "caption"]
TEXT_KINDS: frozenset[str] = frozenset({"paragraph", "heading", "list", "quote"})
LAST_REVISION = 253_402_300_799_999  # the end of the year 9999, after which no calendar here can tell the time
BLOCK_BREAK = "\n\n"  # between blocks in `text`; the items of a list block are one line each


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything below: immutable, keyword-only, defaults left out of the JSON."""


# -- parts ------------------------------------------------------------------------------------------------------------


class Source(Message, frozen=True, kw_only=True):
    """Who the article came through, as the operator configured it."""

    id: str
    name: str = ""
    channel: Channel = "page"
    country: str = ""  # ISO 3166-1 alpha-2, upper case
    language: str = ""  # BCP 47
    tags: tuple[str, ...] = ()
    path: str = ""  # of a file or WARC, relative to the argument that named it


class Http(Message, frozen=True, kw_only=True):
    """What the server said about the page."""

    status: int = 200
    etag: str = ""
    last_modified: str = ""
    content_language: str = ""
    robots: tuple[str, ...] = ()  # X-Robots-Tag and Robots-Tag header values, as received


class FeedEntry(Message, frozen=True, kw_only=True):
    """What the feed or sitemap said about the page before it was fetched."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: PageTime | None = None
    summary: str = ""
    categories: tuple[str, ...] = ()


class RightsSignal(Message, frozen=True, kw_only=True):
    """One statement about use of the content, and where it stood."""

    signal: str  # noindex, nosnippet, noarchive, none, tdm-reservation, tdm-policy, ...
    value: str = ""
    origin: Literal["header", "robots", "well-known", "page"] = "header"


class Block(Message, frozen=True, kw_only=True):
    """A piece of the article in reading order. Tables and captions are blocks but not part of `text`."""

    kind: BlockKind
    text: str


class Removed(Message, frozen=True, kw_only=True):
    """A line that the cleaner cut, and the rule that cut it."""

    rule: str
    text: str


class Provenance(Message, frozen=True, kw_only=True):
    """Where a field came from and how sure we are.

    `source` names the winning candidate (`json-ld`, `og`, `meta`, `html`, `feed`, `text`, ...). `status` is `original`
    for the article's own statement, `repost` for a date that a copier put on it, `inferred` for a guess of ours.
    """

    source: str
    status: Literal["original", "repost", "inferred"] = "original"
    confidence: Share = 1.0
    precision: Literal["", "day", "minute", "second"] = ""
    candidates: tuple[str, ...] = ()  # "source=value" of the candidates that lost


class Segment(Message, frozen=True, kw_only=True):
    """A run of `text` in one language. `foreign` marks runs that do not belong to the article's own language."""

    start: int
    end: int
    lang: str
    foreign: bool = False


class Span(Message, frozen=True, kw_only=True):
    start: int
    end: int


class Entity(Message, frozen=True, kw_only=True):
    """A person, organisation or place with all its mentions in `text`.

    `id` is `local:...` until linked, `geonames:...` for a place, `iso:XX` for a country.
    """

    text: str
    type: Literal["person", "organisation", "place"]
    id: str = ""
    spans: tuple[Span, ...] = ()
    country: str = ""
    confidence: Share = 1.0


class Dateline(Message, frozen=True, kw_only=True):
    """The opening `PLACE, date (AGENCY) -` of an agency report."""

    place: str = ""
    place_id: str = ""  # geonames:ID
    country: str = ""  # ISO 3166-1 alpha-2
    latitude: float | None = None
    longitude: float | None = None
    date: str = ""  # as printed
    agency: str = ""  # as printed


# -- messages ---------------------------------------------------------------------------------------------------------


class Article(Message, frozen=True, kw_only=True):
    """What every message carries: identity, revision, origin, state and our own times."""

    article_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
    revision: Annotated[int, Meta(ge=0, le=LAST_REVISION)]  # epoch milliseconds of the fetch, rising per article
    generation: int = 1
    url: str  # the address as given, never the identity key
    source: Source
    state: Literal["live", "withdrawn"] = "live"
    first_seen_at: Instant
    discovered_at: Instant
    fetched_at: Instant


class RawArticle(Article, frozen=True, kw_only=True):
    """A page as fetched: `article.raw.v1`."""

    final_url: str = ""
    media_type: Literal["text/html", "text/plain"] = "text/html"
    content: str = ""
    charset: str = ""
    http: Http = Http()
    feed_entry: FeedEntry | None = None
    rights: tuple[RightsSignal, ...] = ()
    content_hash: str = ""  # blake2b-128 hex of the body bytes as received


class CleanArticle(Article, frozen=True, kw_only=True):
    """Readable text and metadata: `article.clean.v1`. The page itself does not travel past here."""

    title: str = ""
    text: str = ""  # NFC, without the title: the text blocks joined by BLOCK_BREAK
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: PageTime | None = None
    modified_at: PageTime | None = None
    site_name: str = ""
    image: str = ""
    section: str = ""
    description: str = ""
    canonical_url: str = ""
    declared_langs: dict[str, str] = {}  # html, og, header, feed, source -> value as declared
    rights: tuple[RightsSignal, ...] = ()
    removed: tuple[Removed, ...] = ()  # at most 64 KiB of text
    text_hash: str = ""  # blake2b-128 hex of the folded title and text
    content_hash: str = ""
    final_url: str = ""  # where redirects led, if that is not `url`
    profile_version: int = 0  # of the host profile that it was made with; 0: none was known
    provenance: dict[str, Provenance] = {}  # field name -> where it came from
    quality: dict[str, float] = {}  # signal name -> number


class TaggedArticle(CleanArticle, frozen=True, kw_only=True):
    """With language and script: `article.tagged.v1`."""

    lang: str = "und"  # BCP 47, always the best guess; und only without evidence
    lang_confidence: Share = 0.0
    lang_status: Literal["ok", "low", "mixed", "und", "zxx"] = "und"
    script: str = ""  # ISO 15924
    segments: tuple[Segment, ...] = ()
    title_lang: str = ""  # BCP 47, only where the title is in another language than the text
    declared_agrees: bool | None = None  # None: nothing was declared


class EnrichedArticle(TaggedArticle, frozen=True, kw_only=True):
    """With who, where and what: `article.enriched.v1`. The article message stops growing here."""

    dateline: Dateline | None = None
    entities: tuple[Entity, ...] = ()
    keyphrases: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    summary: str = ""
    signals: dict[str, float] = {}
    versions: dict[str, str] = {}  # component -> version that made this record


class HostProfile(Message, frozen=True, kw_only=True):
    """What is known about one host from its other articles: `host.profile.v1`, an argument of cleaner and enricher.

    Lines and titles are blake2b-128 hex digests of folded text (`shared.fold`), sorted; brands are folded text. The
    version is a number made from all the rest, so that equal profiles have equal versions wherever they were built.
    """

    host: str = ""
    version: int = 0  # 0: nothing is known
    articles: int = 0  # how many articles it was built from
    lines: tuple[str, ...] = ()  # lines that at least three articles of the host share
    titles: tuple[str, ...] = ()  # titles recently seen on the host
    brands: tuple[str, ...] = ()  # parts before or after the headline that recur in titles
    day_first: bool | None = None  # how the host writes 3/4/2026; None: unknown
    signals: dict[str, float] = {}  # name -> number about the host as a source; empty: too few enriched articles


EMPTY_PROFILE = HostProfile()


def text_of(blocks: tuple[Block, ...]) -> str:
    """`text` as the contract defines it: the text-bearing blocks, joined."""
    return BLOCK_BREAK.join(block.text for block in blocks if block.kind in TEXT_KINDS)
