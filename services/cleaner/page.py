"""One parse of a page, shared by everything that reads it: body, JSON-LD, meta tags, links, dates, language hints."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, document_fromstring

from services.cleaner import gate, jsonld, unicode
from services.cleaner.settings import CleanerSettings
from shared.outcomes import Reason, Reject

_NOT_XML = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
# The lookup in C: lxml.html's own asks Python for the class of every element.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment))

LOOKED_AT, LONGEST_LINE = 100, 1_000  # elements, and characters of one: headings and titles are fewer and shorter
_is_line: Any = etree.XPath(f"string-length(normalize-space()) <= {LONGEST_LINE}")
text_of: Any = etree.XPath("string()", smart_strings=False)  # all text in an element, faster than joining itertext


@dataclass(frozen=True)
class Page:
    """A parsed page. Extraction of the body takes the tree apart, so metadata is read first."""

    tree: HtmlElement
    url: str
    source: str  # the text that was parsed
    metas: dict[str, tuple[str, ...]]  # lower-case name, property, itemprop or http-equiv -> contents in page order
    linked: tuple[jsonld.Node, ...]  # JSON-LD objects, flattened, in page order
    unread_data: int  # JSON-LD blocks left out: broken or over the limits

    def meta(self, *names: str) -> str:
        """The first content that is not empty, by order of names."""
        return next((content for name in names for content in self.metas.get(name, ())), "")

    @cached_property
    def link_texts(self) -> frozenset[str]:
        """The text of every link, white space folded."""
        texts = (text_of(link) if len(link) else link.text or "" for link in self.tree.iter("a"))
        return frozenset(" ".join(text.split()) for text in texts) - {""}

    @cached_property
    def canonical(self) -> str:
        """The address of the first `<link rel=canonical>`."""
        return self._link("canonical")

    def texts(self, path: str) -> Iterator[str]:
        """The text of each of the first elements at an ElementPath, on one line; a longer one is no title."""
        for element in islice(self.tree.iterfind(path), LOOKED_AT):
            if _is_line(element) and (text := unicode.line("".join(element.itertext()))):
                yield text

    def _link(self, rel: str) -> str:
        """The address of the first `<link rel=...>`."""
        for element in self.tree.iter("link"):
            href = element.get("href")
            if href and rel in (element.get("rel") or "").lower().split():
                return str(href).strip()
        return ""


def _metas(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if content and name and (text := unicode.line(content)):
            found.setdefault(name.strip().lower(), []).append(text)
    return {name: tuple(contents) for name, contents in found.items()}


def _xml_bytes(content: str) -> bytes:
    """UTF-8 without what XML forbids: control characters, lone surrogates, two non-characters."""
    for char in ("\ufffe", "\uffff"):
        if char in content:
            content = content.replace(char, "")
    return content.encode(errors="ignore").translate(None, _NOT_XML)


def parse(content: str, url: str, settings: CleanerSettings) -> Page:
    """Parses a page within the limits of the gate.

    Raises:
        Reject: `empty` where there is no markup at all, `html_limits` where the page is over a limit.
    """
    gate.before_parse(content, settings)
    try:
        tree: Any = document_fromstring(_xml_bytes(content), parser=_PARSER)
    except etree.ParserError as error:
        raise Reject(Reason.EMPTY, str(error)) from None
    gate.after_parse(tree, settings)
    scripts = [script.text or "" for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower()]
    linked, unread = jsonld.read(scripts, settings.max_linked_data_chars, settings.max_linked_data_depth)
    return Page(tree, url, content, _metas(tree), linked, unread)
