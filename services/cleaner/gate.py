"""The gate before and after the parse: what a page may cost.

A parser under attack hangs or, worse, loses text without an error: libxml2 is quadratic in the attributes of one tag,
and without `huge_tree` it drops all below depth 256 and every text node over 10 MB. So the parse runs with `huge_tree`
behind these limits; each is a setting, and each ends as a rejection that names it.
"""

import re
from functools import cache
from itertools import compress
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from services.cleaner.settings import CleanerSettings
from shared.outcomes import Reason, Reject

MOST_PARSED_ATTRIBUTES = 5_000  # on one tag; they cost the parser 0.1 s, four times as much for twice as many
BRACKETS = 10  # opening ones for each element allowed: two make an element, scripts have some more
LONG_TAG = 10_000  # characters; only in longer ones attributes are counted before the parse
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{10000,}")  # a run stops at the next bracket: linear in the page
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[^\s"'=<>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?""")
_OVERLOADED: Any = etree.XPath("descendant-or-self::*[count(@*) > $most]")


def _refuse(which: str, found: int, limit: int) -> Reject:
    return Reject(Reason.HTML_LIMITS, f"{which}: {found} where {limit} are allowed")


def before_parse(content: str, settings: CleanerSettings) -> None:
    """Refuses what the parser must not see.

    Raises:
        Reject: `html_limits`, the detail names the limit.
    """
    if len(content) > settings.max_page_chars:
        raise _refuse("page_chars", len(content), settings.max_page_chars)
    brackets = content.count("<")
    if brackets > BRACKETS * settings.max_elements:
        raise _refuse("brackets", brackets, BRACKETS * settings.max_elements)
    pieces = content.split("<")
    if all(piece.find(">", 0, LONG_TAG) >= 0 for piece in compress(pieces, map(LONG_TAG.__lt__, map(len, pieces)))):
        return
    for tag in _LONG_TAG.finditer(_SCRIPT.sub("", content)):
        found = sum(1 for _ in _ATTRIBUTE.finditer(tag.group())) - 1  # the first is the tag's own name
        if found > MOST_PARSED_ATTRIBUTES:
            raise _refuse("attributes", found, settings.max_attributes)


def after_parse(tree: HtmlElement, settings: CleanerSettings) -> None:
    """Refuses what the extractor must not see.

    Raises:
        Reject: `html_limits`, the detail names the limit.
    """
    elements = int(_COUNT(tree))
    if elements > settings.max_elements:
        raise _refuse("elements", elements, settings.max_elements)
    if _deeper_than(settings.max_nesting)(tree):
        raise _refuse("nesting", settings.max_nesting + 1, settings.max_nesting)
    overloaded: Any = _OVERLOADED(tree, most=settings.max_attributes)
    if overloaded:
        raise _refuse("attributes", len(overloaded[0].attrib), settings.max_attributes)


_COUNT: Any = etree.XPath("count(descendant-or-self::*)")


@cache
def _deeper_than(depth: int) -> Any:
    """Whether there is an element below `depth` others: one child step a level, which stops where the tree ends."""
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")
