"""The title repeated at the head of the text."""

from services.cleaner.blocks import Line
from services.cleaner.fold import fold
from services.cleaner.lines.context import Context

HEAD_LINES = 6  # how far from the top a title may be repeated


def title(lines: list[Line], context: Context) -> set[int]:
    """Lines near the top that equal a title candidate."""
    titles = {fold(candidate) for candidate in context.titles} - {""}
    return {n for n, line in enumerate(lines[:HEAD_LINES]) if fold(line.text) in titles}
