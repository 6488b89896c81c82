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
    """Lines that other articles of the host share, and titles of other articles; never more than 30 % of the text.

    Where shared lines alone are more, the article itself has been published elsewhere, and all of it stays. Of titles
    as many go as there is room for, from the end, where lists of them stand.
    """
    if not context.profile.lines and not context.profile.titles:
        return set()
    shared, titles = frozenset(context.profile.lines), frozenset(context.profile.titles)
    digests = [digest(line.text) if line.folded else "" for line in lines]
    gone = {n for n, one in enumerate(digests) if one in shared}
    room = MOST_CUT * sum(len(line.text) for line in lines) - sum(len(lines[n].text) for n in gone)
    if room < 0:
        return set()
    for n in reversed(range(len(lines))):
        if digests[n] in titles and n not in gone and (room := room - len(lines[n].text)) >= 0:
            gone.add(n)
    return gone
