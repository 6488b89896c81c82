"""The four sites of the newsroom: addresses, feeds and habits, as data."""

from urllib.parse import quote

from msgspec import Struct

from services.newsroom.articles import Article


class Site(Struct, frozen=True, kw_only=True):
    """One publisher. Its page template is `templates/<id>.html`."""

    id: str
    name: str
    country: str  # ISO 3166-1 alpha-2
    language: str  # BCP 47, of most articles; empty where none prevails
    tags: tuple[str, ...]
    feeds: tuple[str, ...] = ()  # paths
    sitemaps: tuple[str, ...] = ()
    article: str  # path of an open article
    private: str  # path of one in the section that robots.txt disallows
    tracking: str = ""  # query that the feed adds to its links
    consent: tuple[str, str]  # languages of the consent notice: the first that is not the article's


SITES = (
    Site(
        id="harrow",
        name="The Harrow Bay Ledger",
        country="GB",
        language="en",
        tags=("demo", "regional"),
        feeds=("/rss.xml",),
        article="/news/{slug}",
        private="/members/{slug}",
        tracking="utm_source=rss&utm_medium=feed&utm_campaign=latest",
        consent=("de", "fr"),
    ),
    Site(
        id="talbruck",
        name="Talbrücker Anzeiger",
        country="DE",
        language="de",
        tags=("demo", "regional"),
        feeds=("/atom.xml",),
        article="/artikel/{slug}.html",
        private="/intern/{slug}.html",
        consent=("en", "de"),
    ),
    Site(
        id="caravan",
        name="Caravan Wire",
        country="TR",
        language="",
        tags=("demo", "agency"),
        feeds=("/feed.json",),
        article="/{language}/{slug}/",
        private="/desk/{language}/{slug}/",
        tracking="utm_source=jsonfeed&fbclid=w1r3",
        consent=("en", "fr"),
    ),
    Site(
        id="monsoon",
        name="Monsoon Review",
        country="SG",
        language="",
        tags=("demo", "magazine"),
        sitemaps=("/sitemap.xml",),
        article="/story?id={slug}",
        private="/drafts/{slug}",
        consent=("fr", "en"),
    ),
)


def path_of(site: Site, article: Article) -> str:
    """The article's path and query on its site, not percent-encoded."""
    pattern = site.private if article.access == "private" else site.article
    return pattern.format(slug=article.slug, language=article.language)


def address(base: str, site: Site, article: Article) -> str:
    """The article's own URL, percent-encoded; `base` is the site's scheme, host and port."""
    return base + quote(path_of(site, article), safe="/?=")


def linked(base: str, site: Site, article: Article) -> str:
    """The URL that the feed gives: the old address of a moved article, with the site's tracking parameters."""
    url = base + article.moved_from if article.moved_from else address(base, site, article)
    return f"{url}{'&' if '?' in url else '?'}{site.tracking}" if site.tracking else url


def robots_txt(base: str, site: Site, crawl_delay: float) -> str:
    """The site's robots.txt; a delay of 0 is not declared."""
    lines = ["User-agent: *", f"Disallow: {site.private.split('{')[0]}"]
    lines += [f"Crawl-delay: {crawl_delay:g}"] if crawl_delay else []
    lines += [f"\nSitemap: {base}{path}" for path in site.sitemaps]
    return "\n".join(lines) + "\n"
