"""What stands above the first paragraph and is no part of it: title, byline, date, breadcrumb."""

import re

from services.cleaner.blocks import Line
from services.cleaner.lines import shape
from services.cleaner.lines.context import Context
from services.cleaner.wordlists import terms

TITLE_LINES = 6  # how far from the top a title may be repeated
BYLINE_LINES = 5
BYLINE_CHARS = 120
BREADCRUMB_LINES = 4
_NUMBER = re.compile(r"\d+")
_YEAR_OR_CLOCK = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|[年월日일]")
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$")
_STEP = re.compile(r"\s[>›»/→]\s|[›»→]|\s>|>\s")
_LABEL = re.compile(r"^\w+\s*[:：]")


def title(lines: list[Line], context: Context) -> set[int]:
    """Lines near the top that equal a title candidate."""
    return {n for n, line in enumerate(lines[:TITLE_LINES]) if line.folded in context.folded_titles}


def _is_dateline(line: Line) -> bool:
    tokens = line.folded.split()
    numbers = sum(1 for token in tokens if _NUMBER.match(token))
    return bool(_YEAR_OR_CLOCK.search(line.text)) and numbers >= 0.4 * len(tokens) and len(tokens) <= 16


def _is_byline(line: Line, context: Context) -> bool:
    first, _, rest = line.folded.partition(" ")
    named = any(name in line.folded for name in context.folded_authors)
    if line.folded in context.folded_authors or line.folded in terms("byline") or line.folded in context.folded_sites:
        return True
    if named and line.words <= 14:
        return True
    return first in terms("byline") and bool(rest) and rest.count(" ") < 6 and _names(line)


def _names(line: Line) -> bool:
    """Whether all longer words after the first are capitalised, as names are."""
    words = [word for word in line.text.split()[1:] if len(word) > 3 and word[0].isalpha()]
    return bool(words) and all(word[0].isupper() for word in words)


def byline(lines: list[Line], context: Context) -> set[int]:
    """Names, dates, addresses and reading times above the text, alone on their line."""
    return {
        n
        for n, line in enumerate(lines[:BYLINE_LINES])
        if len(line.text) <= BYLINE_CHARS
        and not shape.is_prose(line)
        and (
            _ADDRESS.match(line.text)
            or _is_dateline(line)
            or (not shape.is_sentence(line) and _is_byline(line, context))
        )
    }


def breadcrumb(lines: list[Line], context: Context) -> set[int]:
    """A path of section names: a home word before a chevron, or two chevrons and more."""
    del context
    gone = set()
    for n, line in enumerate(lines[:BREADCRUMB_LINES]):
        steps = [step.strip() for step in _STEP.split(_LABEL.sub("", line.text))]
        if len(line.text) <= 200 and len(steps) > 1 and max(map(len, steps)) <= 60 and not shape.is_sentence(line):
            home = any(word in terms("home") for word in (_folded(steps[0]), _folded(line.text.partition(":")[0])))
            if home or len(steps) > 2:
                gone.add(n)
    return gone


def starts_at_home(line: Line) -> bool:
    """Whether the line is a path from a home word on, whatever is glued to its end."""
    steps = _STEP.split(_LABEL.sub("", line.text))
    label = line.text.partition(":")[0]
    return len(steps) > 1 and (_folded(steps[0]) in terms("home") or _folded(label) in terms("home"))


def _folded(text: str) -> str:
    return Line(text).folded
