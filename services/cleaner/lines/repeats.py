"""Lines that stand on the page again and again, or on other pages of the host."""

from collections import Counter

from services.cleaner.blocks import Line
from services.cleaner.lines.context import Context
from shared.fold import digest

TIMES = 3
FEWEST_CHARS = 25
MOST_CUT = 0.3  # of the article, by what its host repeats


def within(lines: list[Line], context: Context) -> set[int]:
    """Placeholders: the same line three times and more, all of them."""
    del context
    counts = Counter(line.folded for line in lines)
    return {
        n for n, line in enumerate(lines)
        if counts[line.folded] >= TIMES and len(line.text) >= FEWEST_CHARS and line.kind == "paragraph"
    }  # fmt: skip


def on_host(lines: list[Line], context: Context) -> set[int]:
    """Lines that other articles of the host share, or titles of other articles; never more than 30 % of the text."""
    known = frozenset(context.profile.lines) | frozenset(context.profile.titles)
    if not known:
        return set()
    gone = {n for n, line in enumerate(lines) if line.folded and digest(line.text) in known}
    total = sum(len(line.text) for line in lines)
    return gone if sum(len(lines[n].text) for n in gone) <= MOST_CUT * total else set()
