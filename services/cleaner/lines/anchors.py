"""Lines that are nothing but a link: the way out of the article, not part of it."""

from services.cleaner.blocks import Line
from services.cleaner.lines.context import Context

FEWEST_WORDS = 5
TAIL = 0.6  # share of the lines after which list items count too
LABEL_WORDS = 4


def whole(lines: list[Line], context: Context) -> set[int]:
    """On news pages: lines that are one link, or a short label and one link."""
    if not context.news:
        return set()
    return {
        n
        for n, line in enumerate(lines)
        if line.words >= FEWEST_WORDS
        and line.kind != "heading"
        and (line.kind != "list" or n >= TAIL * len(lines))
        and _linked(line.text, context.link_texts)
    }


def _linked(text: str, links: frozenset[str]) -> bool:
    if text in links:
        return True
    label, colon, rest = text.partition(":")
    return bool(colon) and label.count(" ") < LABEL_WORDS and rest.strip() in links
