"""The standfirst: the summary under the headline, which news pages set apart from the body and extractors lose.

Found without class names: the element after the heading whose text is the page's own description. Blogs repeat their
search description there, papers open the article with it, so only pages that say that they are news are asked.
"""

from collections.abc import Iterator
from itertools import dropwhile, islice
from typing import Any

from services.cleaner import jsonld, unicode
from services.cleaner.blocks import Line
from services.cleaner.page import Page
from shared.fold import fold

NEAR = 60  # elements after the heading
SHORTEST = 50  # characters, folded
ALIKE = 60  # leading characters that must agree: descriptions are cut off by length
LONGEST = 1.5  # times the longest description
_TAGS = frozenset({"p", "h2", "h3", "h4", "div", "span", "strong", "b"})
_CHILDREN = 8  # an element with more is a section, not a paragraph


def find(page: Page, article: jsonld.Node | None) -> str:
    """The visible standfirst on one line, or nothing."""
    heading = next(page.tree.iter("h1"), None)
    if heading is None or article is None or not jsonld.is_news(article):
        return ""
    said = [jsonld.text(article.get("description")), *page.metas.get("og:description", ())]
    said += page.metas.get("description", ())
    starts = {folded[:ALIKE] for text in said if len(folded := fold(text)) >= SHORTEST}
    if not starts:
        return ""
    longest = LONGEST * max(map(len, said))
    for element in islice(_after(page.tree, heading), NEAR):
        if element.tag in _TAGS and len(element) < _CHILDREN:
            text = unicode.line("".join(element.itertext()))
            if SHORTEST <= len(text) <= longest and fold(text)[:ALIKE] in starts:
                return text
    return ""


def _after(tree: Any, heading: Any) -> Iterator[Any]:
    """The elements that follow the heading in the document."""
    elements = dropwhile(lambda element: element is not heading, tree.iter())
    inside = frozenset(heading.iter())
    return (element for element in elements if element not in inside)


def lead(lines: list[Line], text: str) -> list[Line]:
    """`lines` with the standfirst as their first paragraph, unless they already have it."""
    if not text or not lines or fold(text)[:100] in " ".join(line.folded for line in lines):
        return lines
    return [Line(text, "paragraph", -1), *lines]
