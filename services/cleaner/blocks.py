"""Blocks of the article in reading order, from the extractor's tree or from plain lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from lxml import etree

from services.cleaner import unicode
from shared.fold import fold
from shared.messages import TEXT_KINDS, Block, BlockKind

REPEATED = 50  # characters from which on a line that repeats the one before is an artefact
LAYOUT = 0.6  # share of the text in tables from which on they are the page's layout
MAIN = 0.25  # share of the text in tables from which on they are what the article is about
PROSE_CELL = 120  # mean characters of a filled cell from which on a table holds prose
WORDY = 1 / 3  # share of filled cells with a word in them from which on a table reads as a list
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{3}")
_CONTAINERS: dict[str, BlockKind] = {"list": "list", "quote": "quote", "code": "quote"}
_BREAKS = frozenset({"p", "head", "item", "div", "table", "row", "cell", *_CONTAINERS})


@dataclass(frozen=True)
class Line:
    """A line of the article: what the rules look at and cut. Lines with the same `block` make one block."""

    text: str
    kind: BlockKind = "paragraph"
    block: int = 0

    @cached_property
    def folded(self) -> str:
        """The line as the rules compare it."""
        return fold(self.text)

    @cached_property
    def words(self) -> int:
        """How many words the line has; in scripts without spaces, three characters count as one."""
        unspaced = 0 if self.folded.isascii() else len(_UNSPACED.findall(self.folded))
        return max(self.folded.count(" ") + 1, unspaced // 3) if self.folded else 0


@dataclass
class _Writer:
    """Collects runs of text into lines while the tree is walked."""

    lines: list[Line] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    containers: list[BlockKind] = field(default_factory=list)
    block: int = 0

    def end_run(self, kind: BlockKind) -> None:
        """Writes the run so far; two line breaks inside it part paragraphs."""
        text, self.run = "".join(self.run), []
        if not text or text.isspace():
            return
        for part in text.split("\n\n"):
            for line in unicode.lines(part).split("\n"):
                if line:
                    self.lines.append(Line(line, kind, self.block))
            if not self.containers:
                self.block += 1

    def end_cell(self) -> None:
        self.cells.append(unicode.line("".join(self.run)))
        self.run = []

    def end_row(self) -> None:
        if any(self.cells):
            self.lines.append(Line(" | ".join(self.cells), self.containers[-1], self.block))
        self.cells = []


def _table_kinds(body: Any) -> dict[Any, BlockKind]:
    """Each table that is more than layout or prose, and what it is: a list to be read, or data beside the text."""
    in_tables = sum(len(text) for table in body.iter("table") for text in table.itertext())
    share = in_tables / max(1, sum(map(len, body.itertext())))
    kinds: dict[Any, BlockKind] = {}
    for table in body.iter("table") if share <= LAYOUT else ():
        cells = [text for cell in table.iter("cell") if (text := "".join(cell.itertext()).strip())]
        if sum(map(len, cells)) < PROSE_CELL * len(cells):
            words = sum(1 for cell in cells if _WORD.search(cell))
            kinds[table] = "list" if share > MAIN or words >= WORDY * len(cells) else "table"
    return kinds


def from_tree(body: Any) -> list[Line]:
    """The lines of an extracted body. Layout tables are read as paragraphs, tables of words as lists of rows."""
    data = _table_kinds(body) if body.find(".//table") is not None else {}
    writer = _Writer()
    inside: list[Any] = []  # data tables that the walk is in
    for event, node in etree.iterwalk(body, ("start", "end")):
        tag = node.tag
        if event == "start":
            if inside:
                _in_table(writer, tag)
            elif tag in _BREAKS:
                _start(writer, tag, data.get(node))
            elif tag == "lb":
                writer.run.append("\n")
            if node in data:
                inside.append(node)
            writer.run.append((node.text or "").replace("\n", " "))
        else:
            if inside:
                if tag == "cell":
                    writer.end_cell()
                elif tag == "row":
                    writer.end_row()
                if node is inside[-1]:
                    inside.pop()
                    writer.run = []
                    _leave(writer)
            elif tag in _BREAKS:
                _end(writer, tag)
            if node is not body:
                writer.run.append((node.tail or "").replace("\n", " "))
    writer.end_run("paragraph")
    return _once(writer.lines)


def _once(lines: list[Line]) -> list[Line]:
    """Without long lines that repeat the one before: nested elements are sometimes taken twice."""
    return [
        line for n, line in enumerate(lines) if not n or len(line.text) <= REPEATED or line.text != lines[n - 1].text
    ]


def _kind(writer: _Writer) -> BlockKind:
    return writer.containers[-1] if writer.containers else "paragraph"


def _in_table(writer: _Writer, tag: str) -> None:
    if tag in ("row", "cell"):
        writer.run = []
    elif tag in _BREAKS or tag == "lb":
        writer.run.append(" ")


def _start(writer: _Writer, tag: str, table: BlockKind | None) -> None:
    writer.end_run(_kind(writer))
    if kind := table or _CONTAINERS.get(tag):
        writer.containers.append(kind)


def _end(writer: _Writer, tag: str) -> None:
    kind = _kind(writer)
    writer.end_run("heading" if tag == "head" and kind == "paragraph" else kind)
    if tag in _CONTAINERS:
        _leave(writer)


def _leave(writer: _Writer) -> None:
    writer.containers.pop()
    if not writer.containers:
        writer.block += 1


def to_blocks(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Lines put together again."""
    groups = (list(part) for _, part in groupby(lines, key=lambda line: (line.block, line.kind)))
    return tuple(Block(kind=group[0].kind, text="\n".join(line.text for line in group)) for group in groups)


def in_text(line: Line) -> bool:
    """Whether the line is part of `text`."""
    return line.kind in TEXT_KINDS


def retext(line: Line, text: str) -> Line:
    """The same line with other words."""
    return replace(line, text=text)
