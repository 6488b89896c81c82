"""Who wrote it: names from JSON-LD, meta tags, the feed and the visible byline, and one decision."""

from collections.abc import Iterable

from services.cleaner import byline, introduced, jsonld, names
from services.cleaner.choice import Candidate, provenance
from services.cleaner.page import Page
from shared.fold import fold
from shared.messages import FeedEntry, Provenance

_METAS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl",
          "article:author_name", "citation_author", "twitter:data1", "twitter:misc:written by")  # fmt: skip
# About the shares of exactly right author sets on the open sets (tests/quality): .89 where two places agree; .88, .90,
# .75 for JSON-LD, meta and html alone; .86 for credits. No page there came with a feed.
AGREED = 0.9  # two places say the same
ALONE = {"json-ld": 0.86, "meta": 0.87, "feed": 0.86, "html": 0.75}
CREDIT = 0.85
SHORT_CREDIT = 40  # characters of a visible byline that names an organisation


def linked(page: Page, article: jsonld.Node | None) -> list[str]:
    """The author names of the article's JSON-LD, references to other objects resolved."""
    by_id = {str(node["@id"]): node for node in page.linked if "@id" in node and "name" in node}
    found = []
    for author in jsonld.each((article or {}).get("author")) or jsonld.each((article or {}).get("creator")):
        if isinstance(author, dict):
            known = author if "name" in author else by_id.get(str(author.get("@id")), {})
            found += [jsonld.text(name) for name in jsonld.each(known.get("name"))]
        else:
            found.append(jsonld.text(author))
    return found


def decide(
    page: Page, article: jsonld.Node | None, entry: FeedEntry | None, site_names: Iterable[str]
) -> tuple[tuple[str, ...], Provenance] | None:
    """The authors' names and their provenance, or None where nobody is named."""
    sites = tuple(site_names)
    metas = next((page.metas[name] for name in _METAS if names.people(page.metas.get(name, ()), sites)), ())
    offers = [
        ("json-ld", names.people(linked(page, article), sites)),
        ("meta", names.people(metas, sites)),
        ("feed", names.people(entry.authors if entry else (), sites)),
    ]
    shown: tuple[str, ...] = ()
    if not any(people for _, people in offers):
        shown = byline.find(page)
        people = names.people(shown, sites) or names.people([introduced.find(page)], sites)
        offers.append(("html", people))
    candidates = [(Candidate(source, "; ".join(people)), people) for source, people in offers if people]
    if not candidates:
        return _credit(page, article, shown)
    winner, people = candidates[0]
    agreeing = sum(1 for _, other in candidates if set(map(fold, other)) == set(map(fold, people)))
    confidence = AGREED if agreeing > 1 else ALONE[winner.source]
    return people, provenance(winner, [c for c, _ in candidates], confidence)


def _credit(
    page: Page, article: jsonld.Node | None, shown: tuple[str, ...]
) -> tuple[tuple[str, ...], Provenance] | None:
    """An organisation, where the page's own statement names nobody else: the credit line, and marked as such."""
    visible = [names.unprefixed(text) for text in shown[:1] if len(text) <= SHORT_CREDIT]
    stated = {"json-ld": linked(page, article), "meta": page.metas.get("author", ()), "html": visible}
    for source, given in stated.items():
        if named := names.credits(given):
            return named, provenance(Candidate(source, "; ".join(named)), (), CREDIT, "inferred")
    return None
