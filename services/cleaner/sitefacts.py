"""Facts that a page states plainly: site, image, section, description, canonical address, declared languages."""

from urllib.parse import urljoin, urlsplit

from services.cleaner import jsonld
from services.cleaner.choice import Candidate
from services.cleaner.page import Page
from services.cleaner.unicode import line
from shared.messages import RawArticle


def _web(address: str, base: str) -> str:
    try:
        whole = urljoin(base, address.strip()) if address else ""
        return whole if urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).netloc else ""
    except ValueError:
        return ""


def _first(*candidates: Candidate) -> Candidate | None:
    return next((candidate for candidate in candidates if candidate.value), None)


def site_name(page: Page, article: jsonld.Node | None) -> Candidate | None:
    """The site's name for itself."""
    website = next((node for node in page.linked if "WebSite" in jsonld.types(node)), {})
    return _first(
        Candidate("og", page.meta("og:site_name")),
        Candidate("json-ld", line(jsonld.text((article or {}).get("publisher")))),
        Candidate("json-ld", line(jsonld.text(website.get("name")))),
        Candidate("meta", page.meta("application-name", "apple-mobile-web-app-title", "dc.publisher")),
    )


def image(page: Page, article: jsonld.Node | None) -> Candidate | None:
    """The address of the picture that stands for the article."""
    return _first(
        Candidate("og", _web(page.meta("og:image", "og:image:url", "og:image:secure_url"), page.url)),
        Candidate("json-ld", _web(jsonld.address((article or {}).get("image")), page.url)),
        Candidate("meta", _web(page.meta("twitter:image", "twitter:image:src", "thumbnail"), page.url)),
    )


def section(page: Page, article: jsonld.Node | None) -> Candidate | None:
    """The section of the paper that the article stands in."""
    return _first(
        Candidate("og", page.meta("article:section", "og:section")),
        Candidate("json-ld", line(jsonld.text((article or {}).get("articleSection")))),
        Candidate("meta", page.meta("section", "dc.subject", "parsely-section", "sailthru.section")),
    )


def description(page: Page, article: jsonld.Node | None) -> Candidate | None:
    """The page's summary of itself."""
    return _first(
        Candidate("og", page.meta("og:description")),
        Candidate("meta", page.meta("description", "twitter:description", "dc.description")),
        Candidate("json-ld", line(jsonld.text((article or {}).get("description")))),
    )


def canonical_url(page: Page, article: jsonld.Node | None) -> Candidate | None:
    """The address that the page gives as its own; never its identity here."""
    own = article or {}
    return _first(
        Candidate("html", _web(page.canonical, page.url)),
        Candidate("og", _web(page.meta("og:url"), page.url)),
        Candidate("json-ld", _web(jsonld.address(own.get("mainEntityOfPage") or own.get("url")), page.url)),
    )


def declared_langs(page: Page | None, raw: RawArticle) -> dict[str, str]:
    """What page, server and configuration say the language is, by who says it, as declared."""
    said = {"header": raw.http.content_language, "source": raw.source.language}
    if page is not None:
        root = page.tree
        said["html"] = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        said["html"] = said["html"] or page.meta("content-language", "language", "dc.language")
        said["og"] = page.meta("og:locale")
    return {who: line(lang) for who, lang in sorted(said.items()) if line(lang)}


def paywalled(page: Page, article: jsonld.Node | None) -> bool | None:
    """Whether the page says that its text is not free; None where it says nothing."""
    given = (article or {}).get("isAccessibleForFree")
    if isinstance(given, str):
        given = {"true": True, "false": False}.get(given.rsplit("/", 1)[-1].strip().lower())
    if isinstance(given, bool):
        return not given
    tier = page.meta("article:content_tier").lower()
    return tier in ("metered", "locked") if tier else None
