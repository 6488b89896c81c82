"""When the article was published: candidates from JSON-LD, meta tags, the feed, `<time>` and htmldate; one decision.

Stated times win over found ones. htmldate (https://htmldate.readthedocs.io) reads the page's text where nothing is
stated; it is always asked for the original date, never for the newest on the page.
"""

from datetime import datetime, timedelta

from services.cleaner import datesearch, dayorder, jsonld, localday, pagetime
from services.cleaner.choice import Candidate, Status, provenance
from services.cleaner.page import Page, text_of
from services.cleaner.pagetime import Precision
from shared.messages import FeedEntry, Provenance

_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "date.published", "publishdate", "parsely-pub-date",
    "dc.date.issued", "dcterms.created", "sailthru.date", "publish-date", "pubdate",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
UNKNOWN_FETCH = 2000  # a fetch time before this year is a placeholder
NO_LIMIT = "2100-01-01"
Dated = tuple[Candidate, Precision]


def latest_day(fetched_at: datetime) -> str:
    """The last day that a publication may bear: the day after the fetch, somewhere on earth."""
    return NO_LIMIT if fetched_at.year < UNKNOWN_FETCH else (fetched_at + timedelta(days=1)).date().isoformat()


def _stated(source: str, text: str, latest: str) -> list[Dated]:
    parsed = pagetime.parse(text) if text else None
    return [(Candidate(source, parsed[0]), parsed[1])] if parsed and parsed[0][:10] <= latest else []


def _shown(page: Page, latest: str) -> list[Dated]:
    """The page's `<time>` where it is marked as the publication, or all of them say one day."""
    marked: list[Dated] = []
    found: list[Dated] = []
    for element in page.tree.iter("time"):
        dated = _stated("time", element.get("datetime") or element.get("content") or "", latest)
        found += dated
        if "published" in (element.get("itemprop") or "").lower() or "pubdate" in element.attrib:
            marked += dated
    if marked:
        return marked[:1]
    return found[:1] if len({candidate.value[:10] for candidate, _ in found}) == 1 else []


def _all_stated(page: Page, article: jsonld.Node | None, entry: FeedEntry | None, latest: str) -> list[Dated]:
    own = article or {}
    found = _stated("json-ld", jsonld.text(own.get("datePublished")) or jsonld.text(own.get("dateCreated")), latest)
    for name in _PUBLISHED:
        found += _stated("meta", page.meta(name), latest)
    return found + _stated("feed", (entry.published or "") if entry else "", latest)


def _found(page: Page, latest: str, day_first: bool | None) -> list[Dated]:
    day = datesearch.find(page.tree, page.url, latest)
    if day and day_first is not None:
        turned = dayorder.as_the_host_writes(day, text_of(page.tree), day_first)
        day = turned if turned <= latest else day
    return [(Candidate("html", day), "day")] if day else []


def _confidence(winner: Candidate, others: list[Dated], address: str) -> float:
    """Shares of right days by kind of evidence, measured on open sets (tests/quality)."""
    day = winner.value[:10]
    agreeing = {c.source for c, _ in others if c.value[:10] == day} | ({"url"} if address == day else set())
    if winner.source == "html":
        if address == day:
            return 0.97
        return 0.3 if day.endswith("-01-01") else 0.8
    if winner.source == "time":
        return 0.9
    return 0.98 if len(agreeing) > 1 else 0.93


def published(
    page: Page,
    article: jsonld.Node | None,
    entry: FeedEntry | None,
    fetched_at: datetime,
    day_first: bool | None = None,
) -> tuple[str, Provenance] | None:
    """The publication time and its provenance, or None where nothing on the page gives one.

    `day_first` is how the host writes days in digits, as its profile says.
    """
    latest = latest_day(fetched_at)
    address = localday.in_address(page.url)
    candidates = _all_stated(page, article, entry, latest)
    if not candidates and not address:
        candidates = _shown(page, latest)
    candidates = candidates or _found(page, latest, day_first)
    if not candidates:
        return None
    winner, precision = candidates[0]
    shown = [element.get("datetime") or "" for element in page.tree.iter("time")]
    value, precision = localday.as_written(winner.value, precision, page.url, shown)
    written = Candidate(winner.source, value)
    confidence = _confidence(written, candidates, address)
    status: Status = "inferred" if winner.source == "html" and address != value else "original"
    return value, provenance(written, [c for c, _ in candidates], confidence, status, precision)


def modified(page: Page, article: jsonld.Node | None, fetched_at: datetime) -> tuple[str, Provenance] | None:
    """The time of the last change that the page states, and its provenance."""
    latest = latest_day(fetched_at)
    found = _stated("json-ld", jsonld.text((article or {}).get("dateModified")), latest)
    for name in _MODIFIED:
        found += _stated("meta", page.meta(name), latest)
    if not found:
        return None
    winner, precision = found[0]
    return winner.value, provenance(winner, (), 0.9, "original", precision)
