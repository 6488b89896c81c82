"""The blocks of an article as XHTML: what a newsroom's editor takes, with headings, lists, quotes and tables."""

import re
from collections.abc import Iterable
from html import escape

from shared.messages import Block, BlockKind

CELL = " | "  # between the cells of a row, as the cleaner writes them
# Everything that the Char production of XML 1.0 (section 2.2) leaves out.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
AROUND: dict[BlockKind, str] = {"list": "ul", "quote": "blockquote", "table": "table"}
LINE: dict[BlockKind, str] = {"heading": "h2", "list": "li", "table": "tr"}


def xhtml(blocks: Iterable[Block]) -> str:
    """The blocks as well-formed elements without one around them all; no attribute, no link, no script.

    Each line of a block is an element: an item of a list, a row of a table, or a paragraph.
    """
    return "".join(_element(AROUND.get(block.kind, ""), _lines(block)) for block in blocks)


def _lines(block: Block) -> str:
    name = LINE.get(block.kind, "p")
    written = [escape(_NOT_XML.sub("", line), quote=False) for line in block.text.split("\n") if line.strip()]
    if name == "tr":
        written = ["".join(f"<td>{cell}</td>" for cell in line.split(CELL)) for line in written]
    return "".join(_element(name, line) for line in written)


def _element(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>" if name and inside else inside
