"""Who wrote it: names from JSON-LD, meta tags and bylines. Agencies, sites and addresses are no authors."""

import re
from collections.abc import Iterable

from trafilatura.metadata import extract_author

from services.cleaner import jsonld
from services.cleaner.choice import Candidate, provenance
from services.cleaner.fold import fold
from services.cleaner.page import Page
from services.cleaner.unicode import line
from shared.messages import FeedEntry, Provenance

_NO_NAME = re.compile(r"https?:|www\.|@|[<>{}|\d]|\.(?:com|org|net)\b", re.IGNORECASE)


def _people(names: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    sites = {fold(name) for name in site_names}
    kept: dict[str, str] = {}
    for given in names:
        name = line(given).strip(" ,;-")
        if name and len(name) <= 80 and not _NO_NAME.search(name) and fold(name) and fold(name) not in sites:
            kept.setdefault(fold(name), name)
    return tuple(kept.values())


def _linked(article: jsonld.Node | None) -> list[str]:
    given = jsonld.each((article or {}).get("author")) or jsonld.each((article or {}).get("creator"))
    return [jsonld.text(author.get("name") if isinstance(author, dict) else author) for author in given]


def decide(
    page: Page, article: jsonld.Node | None, entry: FeedEntry | None, site_names: Iterable[str]
) -> tuple[tuple[str, ...], Provenance] | None:
    """The authors' names and their provenance, or None where nobody is named."""
    sites = tuple(site_names)
    offers = [
        ("json-ld", _people(_linked(article), sites)),
        ("meta", _people(page.metas.get("author", ()) or page.metas.get("article:author", ()), sites)),
        ("feed", _people(entry.authors if entry else (), sites)),
    ]
    if not any(names for _, names in offers):
        offers.append(("html", _people((extract_author(page.tree) or "").split("; "), sites)))
    candidates = [(Candidate(source, "; ".join(names)), names) for source, names in offers if names]
    if not candidates:
        return None
    winner, names = candidates[0]
    return names, provenance(winner, [c for c, _ in candidates], 0.8 if winner.source != "html" else 0.6)
