"""The visible byline: elements that the page marks as naming the author, in the order of how plainly they do."""

import re
from functools import lru_cache
from typing import Any

from services.cleaner import unicode
from services.cleaner.page import Page

LONGEST = 120
_TAGS = ("a", "address", "author", "div", "p", "span", "strong", "li", "em", "b", "h3", "h4", "cite")
MOST = 6  # elements of one kind
_NAME = re.compile(
    r"author[-_]{0,2}(?:name|link|title)|name[-_]{0,2}author|byline[-_]{0,2}(?:name|author|link)", re.IGNORECASE
)
_PLAIN = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|by-line|writer|reporter|journalist|autor|auteur)(?:$|[\s_-])|[Bb]yline|[Aa]uthor",
    0,
)
_HINTS = ("aut", "byline", "by-line", "writer", "reporter", "journalist")  # one of them in each name that matches
_ELSEWHERE = re.compile(
    r"comment|related|sidebar|footer|bio|avatar|image|photo|img|follow|social|share|date|time|description|about|widget|box|"
    r"recommend|teaser|card(?!.*author)|twitter|email|icon|list(?!.*author)|meta-reviewer|reviewed",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)  # class strings repeat within and across pages
def _rank(names: str) -> int:
    """How plainly class and id say that the element names the author: 2 name, 1 byline, 0 not at all."""
    small = names.lower()
    if not any(hint in small for hint in _HINTS) or _ELSEWHERE.search(names):
        return 0
    return 2 if _NAME.search(names) else 1 if _PLAIN.search(names) else 0


def _marked(element: Any) -> int:
    if element.get("rel") == "author" or element.tag == "author":
        return 4
    itemprop = element.get("itemprop")
    if itemprop and "author" in itemprop.split():
        return 3
    names = element.get("class")
    ident = element.get("id") or element.get("data-testid")
    if ident:
        names = f"{names or ''} {ident}"
    return _rank(names) if names else 0


def find(page: Page) -> tuple[str, ...]:
    """The texts of the plainest kind of byline element, the first and its neighbours, on one line each."""
    best: dict[int, list[tuple[str, Any]]] = {}
    for element in page.tree.iter(*_TAGS):
        rank = _marked(element)
        if rank:
            text = unicode.line("".join(f"{part} " for part in element.itertext()))
            if 0 < len(text) <= LONGEST:
                best.setdefault(rank, []).append((text, _around(element)))
    for rank in sorted(best, reverse=True):
        first = best[rank][0][1]
        return tuple(dict.fromkeys(text for text, around in best[rank] if around is first))[:MOST]
    return ()


def _around(element: Any) -> Any:
    parent = element.getparent()
    return parent.getparent() if parent is not None and parent.getparent() is not None else parent
