"""Feed bytes to entries: RSS, RDF, Atom and JSON Feed, and the sitemaps that stand in for feeds.

`parse_feed` is the task of a pool worker: hostile documents keep a parser busy for as long as they like, and lxml must
not run in threads. fastfeedparser reads first (a hundred times the speed of feedparser); feedparser, which reads
nearly anything, is asked where that fails or finds nothing.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import fastfeedparser
import feedparser
import msgspec

from services.fetcher.bounded_xml import HostileXml
from services.fetcher.feed_document import Entry, Feed, FeedDocument
from services.fetcher.media import kind
from services.fetcher.pagetime import page_time, utc_page_time
from services.fetcher.plaintext import plain_text
from services.fetcher.repair import NotAFeed, mended_xml, unpacked
from services.fetcher.sitemaps import read_sitemap
from services.fetcher.survey import Particulars, Survey, first_time, survey_json, survey_xml
from shared.messages import FeedEntry

MAX_AUTHORS, MAX_CATEGORIES = 20, 50  # kept of one entry
# Nothing in it is to be resolved but its root: most relative links are such, and `urljoin` takes long to find that out.
_PLAIN_PATH = re.compile(r"(?:/[\w~%-][\w.~%-]*)+/?", re.ASCII)
ReadDate = Callable[[Any, Particulars], str | None]


def _text(value: Any) -> str:
    """Feeds in JSON hold anything anywhere."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _texts(values: Any, key: str, most: int) -> tuple[str, ...]:
    if not values or not isinstance(values, list):
        return ()
    texts = [plain_text(_text(value.get(key))) for value in values[:most] if isinstance(value, dict)]
    return tuple(dict.fromkeys(text for text in texts if text))


@lru_cache(1)  # the entries of a feed share it
def _root(base: str) -> str:
    return urljoin(base, "/").removesuffix("/")


def _link(given: Any, base: str) -> str:
    link = _text(given.get("link")).strip()
    try:
        if _PLAIN_PATH.fullmatch(link):
            return _root(base) + link
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def _entry(given: Any, base: str, date: str | None) -> Entry:
    """From what either parser gives; they agree on these names."""
    author = plain_text(_text(given.get("author")))
    told = FeedEntry(
        title=plain_text(_text(given.get("title"))),
        authors=_texts(given.get("authors"), "name", MAX_AUTHORS) or ((author,) if author else ()),
        published=date,
        summary=plain_text(_text(given.get("summary") or given.get("description"))),
        categories=_texts(given.get("tags"), "term", MAX_CATEGORIES),
    )
    return Entry(_link(given, base), _text(given.get("id")), told)


def _fast_date(given: Any, particulars: Particulars) -> str | None:
    """The date as printed, with its own offset; where the survey did not reach it, the parser's, in UTC."""
    return first_time(particulars.dates) or page_time(_text(given.get("published") or given.get("updated")))


def _slow_date(given: Any, _: Particulars) -> str | None:
    dates = {"published": _text(given.get("published")), "updated": _text(given.get("updated"))}
    return first_time(dates) or utc_page_time(given.get("published_parsed") or given.get("updated_parsed"))


def _feed(entries: list[Any], title: Any, survey: Survey, document: FeedDocument, date: ReadDate) -> Feed:
    # The parsers skip or invent entries in broken documents; a date at the wrong entry is worse than none.
    same = len(survey.entries) == len(entries)
    kept = []
    for number, given in enumerate(entries[: document.max_entries]):
        particulars = survey.entries[number] if same else Particulars(document.url)
        kept.append(_entry(given, particulars.base, date(given, particulars)))
    return Feed(
        entries=tuple(kept),
        title=plain_text(_text(title)),
        wishes=survey.wishes,
        over_limit=len(entries) - len(kept),
    )


def _what(body: bytes, survey: Survey) -> str:
    if not body.strip():
        return "an empty document"
    if kind(body, "") == "html" and survey.root in ("", "html", "head", "body"):
        return "an HTML page"
    return f"no feed or sitemap; its first element is <{survey.root}>" if survey.root else "no feed or sitemap"


def _slow(body: bytes, url: str) -> Any:
    """feedparser's reading. Its sanitiser and its repair of links in markup take seconds on hostile documents and stay
    off: `plain_text` does that work."""
    try:
        return feedparser.parse(
            body, response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise NotAFeed(f"nothing that feedparser can read ({type(error).__name__}: {error})") from None


def parse_feed(document: FeedDocument) -> Feed:
    """Reads a feed or sitemap.

    Raises:
        NotAFeed: the document is neither, or is hostile.
    """
    body = unpacked(document.body, document.max_bytes)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        survey = survey_json(body, document.url)
    else:
        body = mended_xml(body, document.charset)
        try:
            survey = survey_xml(body, document.url)
            if survey.root in ("urlset", "sitemapindex"):
                return _sitemap(body, document)
        except HostileXml as error:
            raise NotAFeed(str(error)) from None
    try:
        fast = fastfeedparser.parse(body, include_content=False, include_media=False, include_enclosures=False)
    except Exception:  # it documents ValueError and raises others on broken documents; the fallback decides
        fast = {}
    if fast.get("entries"):
        return _feed(fast["entries"], fast["feed"].get("title"), survey, document, _fast_date)
    slow = _slow(body, document.url)
    if not slow.entries and not slow.get("version") and not fast:
        raise NotAFeed(_what(body, survey))
    # feedparser has resolved its links already, xml:base included.
    return _feed(
        slow.entries, slow.feed.get("title"), msgspec.structs.replace(survey, entries=[]), document, _slow_date
    )


def _sitemap(body: bytes, document: FeedDocument) -> Feed:
    sitemap = read_sitemap(body, document.url)
    pages = sitemap.pages[: document.max_entries]
    return Feed(
        entries=tuple(Entry(page.link, page.link, page.told, page.changed) for page in pages),
        sitemaps=tuple(sitemap.sitemaps[: document.max_sitemaps]),
        over_limit=len(sitemap.pages) - len(pages),
    )


def parse_lot(data: bytes) -> bytes:
    """`parse_feed` for a pool, which carries bytes: MessagePack of a list of documents, and of as many answers, each a
    feed or why it is none. Pickling so many structs takes longer."""
    documents = msgspec.msgpack.decode(data, type=list[FeedDocument])
    return msgspec.msgpack.encode([_told(document) for document in documents])


def _told(document: FeedDocument) -> Feed | str:
    try:
        return parse_feed(document)
    except NotAFeed as error:
        return str(error)
