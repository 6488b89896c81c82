"""How likely it is that what was extracted is not the article: a list dump, a notice, a teaser, an error page.

Each sign gives its own doubt; together they are combined as independent ones (noisy-or). The weights are set by hand on
generated failures of our own writing and checked on labelled pages (`tests/quality/test_bad_extractions.py`).
"""

from collections.abc import Iterable

from services.cleaner.blocks import Line
from services.cleaner.lines import shape
from services.cleaner.wordlists import split_terms
from shared.fold import fold, overlap

SHORT = 700  # characters of text below which an error page, a teaser or a notice may hide
BARE = 140  # characters of text that no article is shorter than, mostly
FEW_SENTENCES = 0.25  # share of lines that are sentences; a list of headlines has fewer
LISTED = 8  # lines
NOTICE_DENSITY = 0.05  # consent terms for each word
TEASER_TERMS = 3
ENDS_OPEN = ("…", "...", "[…]", "[...]")


def _count(folded: str, listed: str) -> int:
    """Occurrences of a list's terms; in scripts without spaces also inside runs."""
    singles, phrases = split_terms(listed)
    padded, words = f" {folded} ", folded.split()
    known = frozenset(words)
    found = sum(map(singles.__contains__, words))
    found += sum(padded.count(phrase) for phrase, first in phrases if first in known)
    if folded and folded.count(" ") * 12 < len(folded):
        found = sum(folded.count(term) for term in singles if len(term) > 1)
    return found


def doubts(title: str, lines: Iterable[Line], links: frozenset[str], description: str) -> dict[str, float]:
    """The signs that speak against the extraction, each with its weight between 0 and 1."""
    kept = list(lines)
    text = " ".join(line.text for line in kept)
    folded = " ".join(line.folded for line in kept)
    words = max(1, sum(line.words for line in kept))
    sentences = sum(1 for line in kept if shape.is_sentence(line) or shape.is_prose(line))
    prose = sum(len(line.text) for line in kept if shape.is_prose(line))
    found = {}
    if len(text) < SHORT and (_count(fold(title), "errors") or _count(folded[:300], "errors")):
        found["error"] = 0.9
    if len(kept) >= LISTED and sentences < FEW_SENTENCES * len(kept) and prose < 0.5 * len(text):
        found["list"] = 0.8
    linked = sum(len(line.text) for line in kept if line.text in links)
    if len(kept) > 2 and linked > 0.5 * len(text):
        found["links"] = 0.8
    if _count(folded, "consent") >= max(3.0, NOTICE_DENSITY * words):
        found["notice"] = 0.9
    if len(text) < SHORT:
        open_end = bool(kept) and any(line.text.endswith(ENDS_OPEN) for line in kept[-3:])
        if _count(folded, "promotion") >= TEASER_TERMS:
            found["teaser"] = 0.7
        elif open_end:
            found["teaser"] = 0.5
    if len(text) < BARE:
        found["bare"] = 0.55
    said = fold(f"{title} {description}")
    if len(text) < SHORT and said and overlap(said, folded) < 0.1:
        found["unrelated"] = 0.4
    return found


def score(found: dict[str, float]) -> float:
    """The doubts as one probability-like number."""
    sure = 1.0
    for weight in found.values():
        sure *= 1.0 - weight
    return round(1.0 - sure, 3)
