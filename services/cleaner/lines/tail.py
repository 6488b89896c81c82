"""What hangs below the last paragraph: consent notices, another language, counters, short leftovers."""

import re

from services.cleaner import tongues
from services.cleaner.blocks import Line
from services.cleaner.lines import shape
from services.cleaner.lines.context import Context
from services.cleaner.wordlists import split_terms, terms

CONSENT_TERMS = 2
MOST_CUT = 0.35  # of the text
FOREIGN_CHARS = 60
PROMOTION_TERMS = 3
PROMOTION_CHARS = 400
PROMOTION_HEAD = 2
PROMOTION_TAIL = 4
BIOGRAPHY_TAIL = 3
SHORT_CHARS = 80
COUNTER_AFTER = 3  # lines
MOST_SHORT = 8  # a longer run is a list that the article ends with
FEWEST_SHORT = 3
_COUNTER = re.compile(r"^[^(\[（]{1,50}[(\[（]\s*(?!(?:19|20)\d\d\s*[)\]）])\d[\d.,\s]{0,12}[kKmM]?\s*[)\]）]\W*$")
COUNTER_WORDS = 7
_RULE = re.compile(r"^[\W_]+$")


def _share(lines: list[Line], gone: set[int]) -> float:
    return sum(len(lines[n].text) for n in gone) / max(1, sum(len(line.text) for line in lines))


def _terms(line: Line, listed: str) -> int:
    """How many different terms of a list the line has."""
    singles, phrases = split_terms(listed)
    words = set(line.folded.split())
    if line.words > line.folded.count(" ") + 1:  # a script without spaces
        return sum(1 for term in terms(listed) if term in line.folded)
    padded = f" {line.folded} "
    return len(words & singles) + sum(1 for phrase, first in phrases if first in words and phrase in padded)


def promotion(lines: list[Line], context: Context) -> set[int]:
    """The paper's promotion of itself (newsletter, app, channels) among the first and the last lines."""
    del context
    ends = {*range(PROMOTION_HEAD), *range(max(1, len(lines) - PROMOTION_TAIL), len(lines))}
    return {
        n for n in ends
        if n < len(lines) and len(lines[n].text) <= PROMOTION_CHARS and _terms(lines[n], "promotion") >= PROMOTION_TERMS
    }  # fmt: skip


def biography(lines: list[Line], context: Context) -> set[int]:
    """Who the author is, told at the end: a paragraph that begins with an author's name."""
    return {
        n for n in range(max(1, len(lines) - BIOGRAPHY_TAIL), len(lines))
        if any(lines[n].folded.startswith(f"{name} ") for name in context.folded_authors)
    }  # fmt: skip


def consent(lines: list[Line], context: Context) -> set[int]:
    """A consent notice at the end: paragraphs with two and more of its words, and scraps among them."""
    del context
    gone: set[int] = set()
    pending: set[int] = set()
    for n in range(len(lines) - 1, 0, -1):
        found = _terms(lines[n], "consent")
        if found >= CONSENT_TERMS:
            gone |= {n, *pending}
            pending = set()
        elif found or len(lines[n].text) <= 3 or (len(pending) < 2 and not gone):
            pending.add(n)
        else:
            break
    if gone:
        while min(gone) > 1 and (len(lines[min(gone) - 1].text) <= 3 or _terms(lines[min(gone) - 1], "consent") >= 1):
            gone.add(min(gone) - 1)
    return gone if _share(lines, gone) <= MOST_CUT else set()


def foreign(lines: list[Line], context: Context) -> set[int]:
    """Trailing paragraphs that are surely in another language than the rest."""
    del context
    long = [line for line in lines if len(line.text) >= FOREIGN_CHARS]
    if len(long) < 2 or tongues.guess(long[0].folded) == tongues.guess(long[-1].folded):
        return set()
    own = tongues.guess(" ".join(line.folded for line in long[: max(1, len(long) // 2)][:8]))
    gone: set[int] = set()
    pending: set[int] = set()
    for n in range(len(lines) - 1, 0, -1):
        line = lines[n]
        if len(line.text) < FOREIGN_CHARS:
            pending.add(n)
            continue
        if own is None or not tongues.differs(line.folded, own):
            break
        gone |= {n, *pending}
        pending = set()
    scraps = gone | {n for n in pending if n > (min(gone) if gone else len(lines))}
    while scraps and min(scraps) > 1 and len(lines[min(scraps) - 1].text) <= 3:
        scraps.add(min(scraps) - 1)
    return scraps if _share(lines, scraps) <= MOST_CUT else set()


def counter(lines: list[Line], context: Context) -> set[int]:
    """Like and share counters: a few words and a number in brackets that is no year."""
    del context
    return {
        n
        for n, line in enumerate(lines)
        if n >= COUNTER_AFTER and len(line.text) <= 60 and line.words <= COUNTER_WORDS and _COUNTER.match(line.text)
    }


def rules(lines: list[Line], context: Context) -> set[int]:
    """Drawn rules: lines without a letter or digit."""
    del context
    return {n for n, line in enumerate(lines) if _RULE.match(line.text)}


def leftovers(lines: list[Line], context: Context) -> set[int]:
    """A trailing run of short lines that are no sentences."""
    del context
    start = len(lines)
    while start > 1 and len(lines[start - 1].text) < SHORT_CHARS and not shape.is_sentence(lines[start - 1]):
        start -= 1
    gone = set(range(start, len(lines)))
    return gone if FEWEST_SHORT <= len(gone) <= MOST_SHORT and _share(lines, gone) <= MOST_CUT else set()
