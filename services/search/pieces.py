"""Text cut into the runs that a template renders one by one: matched words, and segments in another language."""

from collections.abc import Iterable

from msgspec import Struct

from shared.messages import BLOCK_BREAK, TEXT_KINDS, Block, EnrichedArticle, Segment, text_of
from shared.searchindex.query import Snippet


class Piece(Struct, frozen=True):
    """A run of a snippet; `marked` where the query matched."""

    text: str
    marked: bool = False


class Run(Struct, frozen=True):
    """A run of a block in one language; `foreign` where that is not the article's own."""

    text: str
    lang: str
    foreign: bool = False


class Laid(Struct, frozen=True):
    """A block of the article in lines (the items of a list, the rows of a table), each a row of runs."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]


def highlighted(snippet: Snippet) -> list[Piece]:
    """The snippet in reading order; marks may touch, overlap or reach past the end."""
    found: list[Piece] = []
    at = 0
    for mark in sorted(snippet.marks):
        start, end = max(mark[0], at), min(mark[1], len(snippet.text))
        if start >= end:
            continue
        if start > at:
            found.append(Piece(snippet.text[at:start]))
        found.append(Piece(snippet.text[start:end], True))
        at = end
    if at < len(snippet.text):
        found.append(Piece(snippet.text[at:]))
    return found


def _runs(text: str, offset: int, segments: Iterable[Segment], lang: str) -> tuple[Run, ...]:
    """`text`, which starts at `offset` of the article's text, cut where it enters or leaves a foreign segment."""
    runs: list[Run] = []
    at = 0
    for segment in segments:
        start, end = max(segment.start - offset, at), min(segment.end - offset, len(text))
        if not segment.foreign or start >= end:
            continue
        if start > at:
            runs.append(Run(text[at:start], lang))
        runs.append(Run(text[start:end], segment.lang, True))
        at = end
    if at < len(text):
        runs.append(Run(text[at:], lang))
    return tuple(runs)


def _lines(block: Block, offset: int, segments: tuple[Segment, ...], lang: str) -> tuple[tuple[Run, ...], ...]:
    lines = []
    for line in block.text.split("\n"):
        if line.strip():
            lines.append(_runs(line, offset, segments, lang))
        offset += len(line) + 1
    return tuple(lines)


def laid_out(article: EnrichedArticle) -> list[Laid]:
    """The blocks of an article for display. Foreign segments are marked where text and blocks agree."""
    blocks = article.blocks or tuple(Block(kind="paragraph", text=part) for part in article.text.split(BLOCK_BREAK))
    segments = tuple(sorted(article.segments, key=lambda s: s.start)) if text_of(blocks) == article.text else ()
    laid: list[Laid] = []
    offset = 0
    for block in blocks:
        in_text = block.kind in TEXT_KINDS
        laid.append(Laid(block.kind, _lines(block, offset, segments if in_text else (), article.lang)))
        if in_text:
            offset += len(block.text) + len(BLOCK_BREAK)
    return [block for block in laid if block.lines]
