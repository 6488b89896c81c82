"""The lines of an article's text as spans, and neighbouring lines of one language as segments."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.messages import BLOCK_BREAK, TEXT_KINDS, CleanArticle, text_of

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_QUOTED = re.compile(r"\s*[-–—]?\s*[\"“”„«»‹›「『]")  # opens with a quotation mark


class Line(NamedTuple):
    """A line of `text` with some content: half-open code points, and whether it is a quotation.

    `quoted`: the block is marked up as one, or the line opens with a quotation mark and is not the last one (where
    notices and tails stand).
    """

    start: int
    end: int
    quoted: bool


class Run(NamedTuple):
    """Neighbouring lines in one language."""

    start: int
    end: int
    label: str
    quoted: bool


def _within(text: str, start: int, end: int, quote: bool) -> Iterator[Line]:
    for found in _LINE.finditer(text, start, end):
        opens = found.end() < len(text) and _QUOTED.match(text, found.start(), found.end()) is not None
        yield Line(found.start(), found.end(), quote or opens)


def lines(article: CleanArticle) -> list[Line]:
    """The article's lines in order: by its blocks where these make up its text, else by the line breaks of the text."""
    if not article.blocks or text_of(article.blocks) != article.text:
        return list(_within(article.text, 0, len(article.text), False))
    found: list[Line] = []
    start = 0
    for block in article.blocks:
        if block.kind in TEXT_KINDS:
            end = start + len(block.text)
            found.extend(_within(article.text, start, end, block.kind == "quote"))
            start = end + len(BLOCK_BREAK)
    return found


def runs(units: Sequence[Line], labels: Sequence[str]) -> list[Run]:
    """Neighbours with the same label as one run. A run is quoted when every line of it is."""
    merged: list[Run] = []
    for unit, label in zip(units, labels, strict=True):
        if merged and merged[-1].label == label:
            last = merged.pop()
            merged.append(Run(last.start, unit.end, label, last.quoted and unit.quoted))
        else:
            merged.append(Run(unit.start, unit.end, label, unit.quoted))
    return merged
