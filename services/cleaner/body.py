"""The article's own text out of the page: trafilatura on the shared tree, fast first.

The fast extraction skips the comparison with other extractors. Where it keeps little of the page's paragraph text, the
full cascade runs: on news pages that is one in fourteen, and it restores what the fast way loses.
"""

import logging
from typing import Any

from trafilatura.core import trafilatura_sequence
from trafilatura.settings import Extractor

from services.cleaner import embedded
from services.cleaner import upstream as _adapted  # noqa: F401  (adapts trafilatura)
from services.cleaner.page import Page

ENOUGH = 0.5  # of the page's paragraph text: below it the fast extraction has lost the article
DUMP = 4.0  # times the page's paragraph text: above it the fast extraction has taken in the page
MOST = 0.6  # of the paragraph text: what holds more is no side matter
SCARCE = 200  # characters of text below which a page may hold its article in a script
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what is lost is said by a rejection, once


def _paragraph_chars(tree: Any) -> int:
    return sum(len("".join(paragraph.itertext()).strip()) for paragraph in tree.iter("p"))


def _options(page: Page, fast: bool) -> Extractor:
    return Extractor(output_format="python", fast=fast, comments=False, url=page.url or None)


def extract(page: Page) -> tuple[Any, bool]:
    """The extracted body in trafilatura's terms, and whether the full cascade was needed. Takes `page.tree` apart."""
    paragraphs = _paragraph_chars(page.tree)
    hidden = embedded.find(page.tree) if paragraphs < SCARCE else None
    body, text, _, _ = trafilatura_sequence(page.tree, _options(page, fast=True), page.url or None)
    if hidden is not None and len(text) < SCARCE:
        return trafilatura_sequence(hidden, _options(page, fast=True), page.url or None)[0], True
    if text and ENOUGH * paragraphs <= len(text) <= DUMP * paragraphs:
        return body, False
    _demote_wrappers(page.tree, paragraphs)
    return trafilatura_sequence(page.tree, _options(page, fast=False), page.url or None)[0], True


def _demote_wrappers(tree: Any, paragraphs: int) -> None:
    """An aside or footer that holds most of the text is an unclosed tag, not an aside: it becomes a plain container."""
    for wrapper in [*tree.iter("aside", "footer", "nav", "menu", "figure")]:
        if _paragraph_chars(wrapper) > MOST * paragraphs:
            wrapper.tag = "div"
            wrapper.attrib.clear()
