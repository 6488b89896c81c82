"""News sitemaps, plain sitemaps and sitemap indexes, by the sitemaps.org protocol 0.9 and Google's news extension."""

from urllib.parse import urljoin

from msgspec import Struct

from services.fetcher.bounded_xml import scan
from services.fetcher.pagetime import page_time
from services.fetcher.plaintext import plain_text
from shared.messages import FeedEntry

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
MAX_PAGES = 50_000  # the protocol's own limit for one file


class Page(Struct, frozen=True):
    """One `<url>`: absolute address (empty without one), what the sitemap said, when it last changed."""

    link: str
    told: FeedEntry
    changed: str  # PageTime of lastmod, or of the publication; empty if neither stands there


class Sitemap(Struct):
    """The latest first, where there are dates."""

    pages: list[Page] = []
    sitemaps: list[str] = []


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Reads a sitemap or sitemap index as far as it is well-formed.

    Relative addresses are against the protocol, and common.

    Raises:
        HostileXml: see `bounded_xml.scan`.
    """
    pages: list[Page] = []
    sitemaps: list[tuple[str, str]] = []
    facts: dict[str, str] = {}
    news = "news:"

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal news
        for key, value in attributes.items():
            if value == NEWS:
                news = f"{key.partition(':')[2]}:"

    def end(name: str, text: str) -> None:
        prefix, _, local = name.rpartition(":")
        if local == "url" and not prefix.startswith(("image", "video")):
            if len(pages) < MAX_PAGES:
                pages.append(_page(facts, url))
            facts.clear()
        elif local == "sitemap":
            if facts.get("loc") and len(sitemaps) < MAX_PAGES:
                sitemaps.append((page_time(facts.get("lastmod", "")) or "", _link(facts, url)))
            facts.clear()
        elif local in ("loc", "lastmod") and prefix not in ("image", "video"):
            facts[local] = text.strip()
        elif name in (f"{news}title", f"{news}publication_date", f"{news}keywords"):
            facts[f"news:{local}"] = text.strip()

    scan(body, start, end)
    pages.sort(key=lambda page: page.changed, reverse=True)
    sitemaps.sort(key=lambda named: named[0], reverse=True)
    return Sitemap(pages, [link for _, link in sitemaps])


def _link(facts: dict[str, str], url: str) -> str:
    try:
        return urljoin(url, facts["loc"]) if facts.get("loc") else ""
    except ValueError:
        return facts["loc"]


def _page(facts: dict[str, str], url: str) -> Page:
    published = page_time(facts.get("news:publication_date", ""))
    keywords = (plain_text(word) for word in facts.get("news:keywords", "").split(","))
    told = FeedEntry(
        title=plain_text(facts.get("news:title", "")),
        published=published,
        categories=tuple(dict.fromkeys(filter(None, keywords))),
    )
    return Page(_link(facts, url), told, page_time(facts.get("lastmod", "")) or published or "")
