"""The visible byline: elements that the page marks as naming the author, in the order of how plainly they do."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from services.cleaner import unicode
from services.cleaner.page import Page

LONGEST = 120
_TAGS = ("a", "address", "author", "div", "p", "span", "strong", "li", "em", "b", "h3", "h4", "cite")
MOST, LOOKED_AT = 6, 100  # elements of one kind: taken, and read at all
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

# In C, so that an element that holds half the page is never copied for nothing; parts still get their spaces.
_brief: Any = etree.XPath(f"string-length(normalize-space()) > 0 and string-length(normalize-space()) <= {LONGEST}")
_RELATED: Any = etree.XPath("descendant-or-self::*[@rel='author' or self::author]")
_PROPERTIES: Any = etree.XPath(
    "descendant-or-self::*[contains(concat(' ', normalize-space(@itemprop), ' '), ' author ')]"
)


@lru_cache(maxsize=1 << 14)  # class strings repeat within and across pages
def _rank(names: str) -> int:
    """How plainly class and id say that the element names the author: 2 name, 1 byline, 0 not at all."""
    small = names.lower()
    if not any(hint in small for hint in _HINTS) or _ELSEWHERE.search(names):
        return 0
    return 2 if _NAME.search(names) else 1 if _PLAIN.search(names) else 0


def _named(element: Any) -> int:
    names = element.get("class")
    ident = element.get("id") or element.get("data-testid")
    if ident:
        names = f"{names or ''} {ident}"
    return _rank(names) if names else 0


def find(page: Page) -> tuple[str, ...]:
    """The texts of the plainest kind of byline element, the first and its neighbours, on one line each."""
    for elements in (_RELATED(page.tree), _PROPERTIES(page.tree)):
        if marked := _all_shown(element for element in elements if element.tag in _TAGS):
            return _neighbours(marked)
    named: dict[int, list[Any]] = {}
    for element in page.tree.iter(*_TAGS):
        if rank := _named(element):
            named.setdefault(rank, []).append(element)
    return next(
        (_neighbours(marked) for rank in sorted(named, reverse=True) if (marked := _all_shown(named[rank]))), ()
    )


def _all_shown(elements: Iterable[Any]) -> list[tuple[str, Any]]:
    return [pair for element in islice(elements, LOOKED_AT) if (pair := _shown(element))]


def _shown(element: Any) -> tuple[str, Any] | None:
    """Its text on one line, if it is a byline's length, and what is around it."""
    if not _brief(element):
        return None
    text = unicode.line("".join(f"{part} " for part in element.itertext()))
    return (text, _around(element)) if 0 < len(text) <= LONGEST else None


def _neighbours(marked: list[tuple[str, Any]]) -> tuple[str, ...]:
    first = marked[0][1]
    return tuple(dict.fromkeys(text for text, around in marked if around is first))[:MOST]


def _around(element: Any) -> Any:
    parent = element.getparent()
    return parent.getparent() if parent is not None and parent.getparent() is not None else parent
