"""Lines that announce something else: notices, pointers to other articles, and the lists under them."""

import re

from services.cleaner.blocks import Line
from services.cleaner.lines import shape
from services.cleaner.lines.context import Context
from services.cleaner.wordlists import cues, openings

NOTICE_CHARS = 60
POINTER_CHARS = 160
LIST_AFTER_SHARE = 0.25  # of the text, or
LIST_AFTER_CHARS = 400  # so many characters of it must stand before a list of headlines
KEPT_SHARE = 0.2  # and of the text, or
KEPT_CHARS = 200  # so many characters, must remain
FEWEST_HEADLINES = 2
_TO_ADDRESS = re.compile(r"\shttps?://\S+$")
_MARKS = frozenset("-*•·–—▪◦●■►▶+")
_BULLETS = "([{<*>-–—•▶►»«“\"'|+ "


def _is_section(line: Line) -> bool:
    return len(line.text) <= NOTICE_CHARS and line.folded in cues("section")


def notice(lines: list[Line], context: Context) -> set[int]:
    """Short lines that are wholly a notice or the heading of other articles."""
    del context
    return {
        n
        for n, line in enumerate(lines)
        if len(line.text) <= NOTICE_CHARS and (line.folded in cues("notice") or line.folded in cues("section"))
    }


def pointer(lines: list[Line], context: Context) -> set[int]:
    """Lines that begin as pointers do and are no sentence of the article."""
    starts = openings()
    gone = set()
    for n, line in enumerate(lines):
        if 2 * n >= len(lines) and len(line.text) <= POINTER_CHARS and _TO_ADDRESS.search(line.text):
            gone.add(n)
        if len(line.text) <= POINTER_CHARS and line.text.casefold().lstrip(_BULLETS).startswith(starts):
            linked = any(len(link) > 3 and link in line.text for link in context.link_texts)
            if linked or not shape.is_sentence(line):
                gone.add(n)
    return gone


def sections(lines: list[Line], context: Context) -> set[int]:
    """Lists of headlines under a heading such as Related, Ranking or Recommended."""
    del context
    total = sum(len(line.text) for line in lines)
    gone: set[int] = set()
    before = 0
    for n, line in enumerate(lines):
        if n not in gone and _is_section(line) and before >= min(LIST_AFTER_SHARE * total, LIST_AFTER_CHARS):
            run = _run(lines, n + 1)
            if len(run) >= FEWEST_HEADLINES:
                gone |= {n, *run}
        before += len(line.text)
    kept = sum(len(line.text) for n, line in enumerate(lines) if n not in gone)
    return gone if kept >= max(KEPT_CHARS, KEPT_SHARE * total) else set()


def _run(lines: list[Line], start: int) -> list[int]:
    """The headlines from `start` on. Items behind one bullet stay together; one sentence may stand among others."""
    run: list[int] = []
    bullet = lines[start].text[0] if start < len(lines) and lines[start].text[0] in _MARKS else ""
    for n in range(start, len(lines)):
        line = lines[n]
        if len(line.text) > shape.HEADLINE or _is_section(line):
            break
        listed = bool(bullet) and line.text.startswith(bullet)
        if not listed and not shape.is_headline(line) and not (run and shape.is_headline(lines[n - 1])):
            break
        run.append(n)
    while run and not (shape.is_headline(lines[run[-1]]) or (bullet and lines[run[-1]].text.startswith(bullet))):
        run.pop()
    return run
