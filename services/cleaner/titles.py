"""The title: candidates from JSON-LD, OpenGraph, headings and `<title>`, without the site's name.

A site's name is found by what the page says of itself (og:site_name, publisher, host), never by a list of sites.
"""

import re
from collections.abc import Iterable

from services.cleaner import jsonld
from services.cleaner.choice import Candidate
from services.cleaner.fold import fold
from services.cleaner.page import Page
from services.cleaner.unicode import line

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:~]+\s+|\s*[|｜»]\s*|\s+::\s+|\s+/\s+|:\s+")


def without_brand(title: str, brands: Iterable[str]) -> str:
    """`title` without a leading or trailing part that is one of the site's own names."""
    names = {fold(brand) for brand in brands} - {""}
    changed = True
    while changed:
        changed = False
        for gap in [*_SEPARATOR.finditer(title)][::-1]:
            head, tail = title[: gap.start()].strip(), title[gap.end() :].strip()
            if fold(tail) in names and fold(head):
                title, changed = head, True
                break
            if fold(head) in names and fold(tail):
                title, changed = tail, True
                break
    return title


def candidates(page: Page, article: jsonld.Node | None, feed_title: str) -> list[Candidate]:
    """Every title that the page and the feed offer, best first, brands still in."""
    found = [
        Candidate("json-ld", line(jsonld.text((article or {}).get("headline")))),
        Candidate("og", page.meta("og:title")),
        Candidate("meta", page.meta("twitter:title", "dc.title", "title", "headline")),
        *(Candidate("html", heading) for heading in page.texts(".//h1")),
        Candidate("html", next(page.texts(".//head/title"), "")),
        Candidate("feed", line(feed_title)),
    ]
    return [candidate for candidate in found if candidate.value]
