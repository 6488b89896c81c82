"""justext, trafilatura's last rescue, with each text made once and one plain walk: same answers, less work.

It asks a paragraph for its text six times and joins and cleans it anew each time, it calls a Python function for each
run of white space, and it is fed through SAX events, spelling out the path of every paragraph, of which only one thing
is ever asked. `tests/unit/cleaner/test_upstream.py` compares the answers with its own.
"""

import re
from types import SimpleNamespace
from typing import Any

import justext.paragraph
import trafilatura.external
from justext.core import PARAGRAPH_TAGS
from justext.paragraph import Paragraph
from lxml import etree

_PATH = SimpleNamespace(dom="", xpath="")
_PATH_OF_CHOICES = SimpleNamespace(dom="select", xpath="")
_SPACES = re.compile(r"\s+")
_LINES = re.compile(r"\s*[\n\r]\s*")


def normalize_whitespace(text: str) -> str:
    """Each run of white space as one line feed where it holds a line break, else as one space."""
    if "\n" in text or "\r" in text:
        return "\n".join(_SPACES.sub(" ", part) for part in _LINES.split(text))
    return _SPACES.sub(" ", text)


def _text(paragraph: Any) -> str:
    """`Paragraph.text`, remembered until a text node is added."""
    nodes = paragraph.text_nodes
    known = paragraph.__dict__.get("known_text")
    if known is None or known[0] != len(nodes):
        known = len(nodes), normalize_whitespace("".join(nodes).strip())
        paragraph.known_text = known
    made: str = known[1]
    return made


def paragraphs(root: Any) -> list[Any]:
    """`ParagraphMaker.make_paragraphs`: the runs of text between elements that part paragraphs."""
    found: list[Any] = []
    current: Any = Paragraph(_PATH)
    link = line_break = False
    choices = 0  # elements around the walk that are a choice of options
    for event, node in etree.iterwalk(root, ("start", "end")):
        tag = node.tag
        starts, parts = event == "start", tag in PARAGRAPH_TAGS
        if "select" in tag:
            choices += 1 if starts else -1
        if parts or (starts and tag == "br" and line_break):
            current.tags_count -= tag == "br"
            if current.text_nodes and current.text:
                found.append(current)
            current = Paragraph(_PATH_OF_CHOICES if choices else _PATH)
        elif starts:
            line_break = tag == "br"
            if line_break:
                current.append_text(" ")
            link = link or tag == "a"
            current.tags_count += 1
        if tag == "a" and not starts:
            link = False
        content = node.text if starts else node.tail
        if content and not content.isspace():
            text = current.append_text(content)
            if link:
                current.chars_count_in_links += len(text)
            line_break = False
    return [*found, current] if current.text_nodes and current.text else found


def adapt() -> None:
    """Puts ours in place; doing it again changes nothing."""
    external: Any = trafilatura.external
    external.ParagraphMaker = SimpleNamespace(make_paragraphs=paragraphs)
    paragraph: Any = justext.paragraph
    paragraph.normalize_whitespace = normalize_whitespace
    paragraph.Paragraph.text = property(_text)
