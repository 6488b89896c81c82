"""The title: candidates from JSON-LD, OpenGraph, headings and `<title>`, without the site's name.

A site's name is found by what the page says of itself (og:site_name, publisher, host), never by a list of sites. On
news pages the publisher's own `headline` is the title; elsewhere JSON-LD and OpenGraph are written for search engines,
and the heading that readers see is the title.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import unescape

from services.cleaner import jsonld
from services.cleaner.choice import Candidate
from services.cleaner.page import Page
from services.cleaner.unicode import line
from shared.fold import fold, overlap

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:~>ㅣ]+\s+|\s*[|｜»ㅣ]\s*|\s+::\s+|\s+/\s+|:\s+|\s*--\s*|(?<=\S)-(?=\S+$)")
_CUT = re.compile(r"^\s*[|｜»ㅣ·•–—:/-]")
SAME_HEADING = 0.5  # shared words from which on a heading is the article's, not the page's
SHORTEST_SHARED = 15  # characters that two candidates must share before the rest counts as a brand


@lru_cache(maxsize=16)  # asked for each candidate
def _folded(brands: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, brands)) - {""}


def without_brand(title: str, brands: Iterable[str]) -> str:
    """`title` without leading and trailing parts that are the site's own names."""
    names = _folded(tuple(brands))
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
    """Every title that the page and the feed offer, brands still in."""
    found = [
        Candidate("json-ld", line(jsonld.text((article or {}).get("headline")))),
        Candidate("og", page.meta("og:title")),
        Candidate("meta", page.meta("twitter:title", "dc.title", "title", "headline")),
        *(Candidate("h1", heading) for heading in page.texts(".//h1")),
        Candidate("title", next(page.texts(".//head/title"), "")),
        Candidate("feed", line(feed_title)),
    ]
    # Many publishers escape what their software escapes again.
    return [Candidate(candidate.source, line(unescape(candidate.value))) for candidate in found if candidate.value]


def _heading(stripped: Sequence[Candidate]) -> Candidate | None:
    """The heading that shares most with what the page's head says, if it shares enough."""
    others = [fold(other.value) for other in stripped if other.source != "h1"]
    shared = {
        c: max((overlap(fold(c.value), other) for other in others), default=0.0) for c in stripped if c.source == "h1"
    }
    best = max(shared, key=lambda c: shared[c], default=None)
    return best if best and shared[best] >= SAME_HEADING else None


def _shortened(title: Candidate, stripped: Sequence[Candidate]) -> Candidate:
    """Another candidate that is the title without a section or brand after it, or a kicker before it."""
    for other in stripped:
        rest = len(title.value) - len(other.value)
        if rest <= 0 or len(other.value) < SHORTEST_SHARED:
            continue
        if title.value.startswith(other.value) and _CUT.match(title.value[-rest:]):
            return other
        if other.source == "og" and title.value.endswith(f": {other.value}"):
            return other
    return title


def decide(offered: Sequence[Candidate], brands: Iterable[str], news: bool) -> tuple[Candidate, float] | None:
    """The title and how sure we are, or None without any candidate.

    Args:
        offered: as `candidates` gives them.
        brands: the site's names for itself.
        news: whether the page's JSON-LD says that it is news.
    """
    names = tuple(brands)
    stripped = [Candidate(c.source, without_brand(c.value, names)) for c in offered]
    first = {
        source: next((c for c in stripped if c.source == source), None)
        for source in ("json-ld", "og", "meta", "title", "feed")
    }
    heading = _heading(stripped)
    order = [first["json-ld"], first["og"], heading] if news else [heading, first["json-ld"], first["og"]]
    order += [first["meta"], next((c for c in stripped if c.source == "h1"), None), first["title"], first["feed"]]
    winner = next((c for c in order if c), None)
    if winner is None:
        return None
    winner = _shortened(winner, stripped)
    agreeing = {c.source for c in stripped if fold(c.value) == fold(winner.value)}
    return winner, (0.95 if len(agreeing) > 2 else 0.85 if len(agreeing) == 2 else 0.6)
