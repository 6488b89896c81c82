"""The article's own text out of the page: trafilatura's extractor on the shared tree, its cascade only where needed.

The cascade (comparison with other extractors, recovery, recall mode) costs as much again as the extraction and changes
few pages. It runs where the plain extraction keeps little of the page's paragraph text, far more than that, or little
of a page that is long: the cases in which the plain way is known to lose the article or to take in the page.
"""

import logging
from copy import copy
from functools import cache
from typing import Any

from lxml.etree import strip_elements, strip_tags
from trafilatura.core import trafilatura_sequence
from trafilatura.external import compare_extraction
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.settings import Extractor

from services.cleaner import embedded, upstream
from services.cleaner.page import Page, text_of

ENOUGH = 0.5  # of the page's paragraph text: below it the plain extraction has lost the article
DUMP = 4.0  # times the page's paragraph text: above it the plain extraction has taken in the page
SHORT = 3000  # characters; a shorter text that is
SPARSE = 0.2  # of the page's whole text, or less, may be a side matter (trafilatura's own bounds for a second try)
MOST = 0.6  # of the paragraph text: what holds more is no side matter
SCARCE = 200  # characters of text below which a page may hold its article in a script
_NO_TEXT = ("script", "style", "svg", "template", "aside", "footer", "noscript")
_NEVER_TEXT = ("style", "svg", "link", "input", "source", "track", "canvas", "param")
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what is lost is said by a rejection, once


def _chars(element: Any) -> int:
    return len(" ".join(text_of(element).split()))


def _paragraph_chars(tree: Any) -> int:
    return sum(len(text_of(paragraph).strip()) for paragraph in tree.iter("p"))


def _page_chars(tree: Any) -> int:
    body = next(tree.iter("body"), tree)
    return _chars(body) - sum(_chars(element) for element in body.iter(*_NO_TEXT))


@cache
def _defaults(fast: bool) -> Extractor:
    return Extractor(output_format="python", fast=fast, comments=False)


def _options(page: Page, fast: bool) -> Extractor:
    """trafilatura's options for this page; reading its configuration anew would cost more than cleaning a tree."""
    options = copy(_defaults(fast))
    options.url = options.source = page.url or None
    return options


def _plain(tree: Any, options: Extractor) -> tuple[Any, str]:
    """trafilatura's main extractor alone, on a tree that may be taken apart."""
    cleaned = convert_tags(tree_cleaning(tree, options), options, options.url)
    body, text, _ = upstream.extract(cleaned, options)
    strip_elements(body, "done")
    strip_tags(body, "div")
    return body, text


def extract(page: Page) -> tuple[Any, bool]:
    """The extracted body in trafilatura's terms, and whether more than the plain way was needed.

    Takes `page.tree` apart.
    """
    options = _options(page, fast=True)
    paragraphs = _paragraph_chars(page.tree)
    hidden = embedded.find(page.tree) if paragraphs < SCARCE else None
    tree = page.tree
    for script in tree.iter("script"):  # the tree is copied: what no extractor reads need not be
        if "ld+json" not in (script.get("type") or "").lower():
            script.tag = "style"
    strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    tree = upstream.prune(tree, page.source)
    body, text = _plain(copy(tree), options)
    if hidden is not None and len(text) < SCARCE:
        return _plain(hidden, options)[0], True
    if len(text) >= options.min_extracted_size and ENOUGH * paragraphs <= len(text) <= DUMP * paragraphs:
        return body, False
    return _cascade(page, tree, body, text, paragraphs), True


def _cascade(page: Page, tree: Any, body: Any, text: str, paragraphs: int) -> Any:
    """The other extractors' answer where theirs is better, and trafilatura's last resorts where none is good."""
    options = _options(page, fast=False)
    _demote_wrappers(tree, paragraphs)
    if len(text) >= options.min_extracted_size:
        body, text = compare_extraction(tree_cleaning(copy(tree), options), copy(tree), body, text, options)
        if len(text) >= min(SHORT, SPARSE * _page_chars(tree)):
            return body
    return trafilatura_sequence(tree, options, page.url or None)[0]


def _demote_wrappers(tree: Any, paragraphs: int) -> None:
    """An aside or footer that holds most of the text is an unclosed tag, not an aside: it becomes a plain container."""
    for wrapper in [*tree.iter("aside", "footer", "nav", "menu", "figure")]:
        if _paragraph_chars(wrapper) > MOST * paragraphs:
            wrapper.tag = "div"
            wrapper.attrib.clear()
