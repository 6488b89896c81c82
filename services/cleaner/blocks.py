"""Blocks of the article in reading order, from the extractor's tree or from plain lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from services.cleaner import unicode
from shared.messages import TEXT_KINDS, Block, BlockKind

_KINDS: dict[str, BlockKind] = {"head": "heading", "list": "list", "quote": "quote", "table": "table"}
LAYOUT = 0.6  # share of the text in tables from which on they are layout
_CELL = " | "


@dataclass(frozen=True)
class Line:
    """A line of the article: what the rules look at and cut. Lines with the same `block` make one block."""

    text: str
    kind: BlockKind = "paragraph"
    block: int = 0


def _broken(element: Any) -> str:
    """All text of an element, `lb` as a line break."""
    parts: list[str] = []
    for node in element.iter():
        if node.tag == "lb":
            parts.append("\n")
        parts.append((node.text or "").replace("\n", " "))
        if node is not element:
            parts.append((node.tail or "").replace("\n", " "))
    return "".join(parts)


def _paragraphs(element: Any) -> Iterator[str]:
    """A paragraph may be several, parted by two line breaks."""
    for part in _broken(element).replace("\r", "").split("\n\n"):
        if text := unicode.lines(part):
            yield text


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter("row"):
        cells = [unicode.line(_broken(cell)) for cell in row.iter("cell")]
        if any(cells):
            yield _CELL.join(cells).strip()


def from_tree(body: Any) -> list[Line]:
    """The lines of an extracted body. Tables that hold most of the text are layout: their cells are paragraphs."""
    lines = _lines(body)
    in_tables = sum(len(line.text) for line in lines if line.kind == "table")
    if in_tables <= LAYOUT * sum(len(line.text) for line in lines):
        return lines
    cells = [
        Line(text, "paragraph") if line.kind == "table" else line
        for line in lines
        for text in (line.text.split(_CELL) if line.kind == "table" else [line.text])
    ]
    return [replace(line, block=n) for n, line in enumerate(line for line in cells if line.text.strip(" |"))]


def _lines(body: Any) -> list[Line]:
    lines: list[Line] = []
    block = 0
    for element in body:
        kind = _KINDS.get(element.tag, "paragraph")
        if kind == "list":
            texts = [unicode.line(_broken(item)) for item in element.iter("item") if item.getparent() is element]
            parts = ["\n".join(text for text in texts if text)]
        elif kind == "table":
            parts = ["\n".join(_rows(element))]
        elif kind == "heading":
            parts = [unicode.line(_broken(element))]
        else:
            parts = list(_paragraphs(element))
        if element.tail and element.tail.strip():
            parts.append(unicode.line(element.tail))
        for part in parts:
            if part:
                lines += [Line(text, kind, block) for text in part.split("\n")]
                block += 1
    return lines


def to_blocks(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Lines put together again."""
    return tuple(
        Block(kind=group[0].kind, text="\n".join(line.text for line in group))
        for group in (list(part) for _, part in groupby(lines, key=lambda line: line.block))
    )


def in_text(line: Line) -> bool:
    """Whether the line is part of `text`."""
    return line.kind in TEXT_KINDS


def retext(line: Line, text: str) -> Line:
    """The same line with other words."""
    return replace(line, text=text)
