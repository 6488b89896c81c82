"""The article of a page that scripts draw: its markup stands in a string of a script, as data for the browser.

Only asked where the page itself has no text. No script is run: string literals are read as JSON and the one with most
paragraphs is parsed.
"""

import json
import re
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

SHORTEST = 500  # characters of a literal that may be an article
FEWEST_PARAGRAPHS = 3
MOST_CHARS = 4 << 20  # of all scripts together
_LITERAL = re.compile(r'"((?:[^"\\]|\\.){500,}+)"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u003cp|<p[\s>\\]|\\u003cP", re.IGNORECASE)


def _decoded(literal: str) -> str:
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except ValueError:
        return ""


def _markup(script: str) -> str:
    best = ""
    for match in _LITERAL.finditer(script):
        if not _ESCAPED.search(match[1]):
            continue
        text = _decoded(match[1])
        if not _PARAGRAPH.search(text) or text.lstrip()[:1] in "{[":
            text = max((_decoded(inner[1]) for inner in _LITERAL.finditer(text)), key=_paragraphs, default="")
        best = max(best, text, key=_paragraphs)
    return best


def _paragraphs(markup: str) -> int:
    return len(_PARAGRAPH.findall(markup))


def find(tree: HtmlElement) -> Any | None:
    """The tree of the embedded article, or None where no script holds one."""
    scripts = [text for script in tree.iter("script") if len(text := script.text or "") >= SHORTEST]
    if sum(map(len, scripts)) > MOST_CHARS:
        return None
    markup = max(map(_markup, scripts), key=_paragraphs, default="")
    if _paragraphs(markup) < FEWEST_PARAGRAPHS:
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return document_fromstring(
        f"<html><body><article>{markup}</article></body></html>".encode(errors="ignore"), parser=parser
    )
