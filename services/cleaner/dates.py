"""When the article was published: candidates from JSON-LD, meta tags, htmldate and the feed, and one decision."""

from datetime import datetime, timedelta

from htmldate import find_date

from services.cleaner import jsonld, pagetime
from services.cleaner.choice import Candidate, provenance
from services.cleaner.page import Page
from shared.messages import FeedEntry, Provenance

_PUBLISHED_METAS = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "publishdate",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.created",
    "sailthru.date",
    "publish-date",
    "pubdate",
)
_MODIFIED_METAS = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
UNKNOWN_FETCH = 2000  # a fetch time before this year is a placeholder
NO_LIMIT = "2100-01-01"


def latest_day(fetched_at: datetime) -> str:
    """The last day that a publication may bear: the day after the fetch, somewhere on earth."""
    return NO_LIMIT if fetched_at.year < UNKNOWN_FETCH else (fetched_at + timedelta(days=1)).date().isoformat()


def _stated(source: str, text: str, latest: str) -> tuple[Candidate, pagetime.Precision] | None:
    parsed = pagetime.parse(text) if text else None
    return (Candidate(source, parsed[0]), parsed[1]) if parsed and parsed[0][:10] <= latest else None


def published(
    page: Page, article: jsonld.Node | None, entry: FeedEntry | None, fetched_at: datetime
) -> tuple[str, Provenance] | None:
    """The publication time and its provenance, or None where nothing on the page gives one."""
    latest = latest_day(fetched_at)
    own = article or {}
    found = [
        _stated("json-ld", jsonld.text(own.get("datePublished")) or jsonld.text(own.get("dateCreated")), latest),
        *(_stated("meta", page.meta(name), latest) for name in _PUBLISHED_METAS),
        _stated("feed", entry.published or "" if entry else "", latest),
    ]
    stated = [candidate for candidate in found if candidate]
    if not stated:
        day = find_date(page.tree, original_date=True, extensive_search=True, url=page.url, max_date=latest)
        stated = [(Candidate("html", day), "day")] if day else []
    if not stated:
        return None
    winner, precision = stated[0]
    confidence = 0.95 if winner.source != "html" else 0.8
    return winner.value, provenance(winner, [c for c, _ in stated], confidence, "original", precision)


def modified(page: Page, article: jsonld.Node | None, fetched_at: datetime) -> tuple[str, Provenance] | None:
    """The time of the last change that the page states, and its provenance."""
    latest = latest_day(fetched_at)
    found = [
        _stated("json-ld", jsonld.text((article or {}).get("dateModified")), latest),
        *(_stated("meta", page.meta(name), latest) for name in _MODIFIED_METAS),
    ]
    for candidate in found:
        if candidate:
            return candidate[0].value, provenance(candidate[0], (), 0.9, "original", candidate[1])
    return None
