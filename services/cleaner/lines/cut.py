"""All line rules in their order, and the record of what each one cut."""

from collections.abc import Callable

from services.cleaner.blocks import Line
from services.cleaner.lines import anchors, cues, head, repeats, tail
from services.cleaner.lines.context import Context
from shared.messages import Removed

Rule = Callable[[list[Line], Context], set[int]]
RULES: tuple[tuple[str, Rule], ...] = (
    ("host", repeats.on_host),
    ("breadcrumb", head.breadcrumb),
    ("title", head.title),
    ("byline", head.byline),
    ("consent", tail.consent),
    ("foreign", tail.foreign),
    ("rule", tail.rules),
    ("counter", tail.counter),
    ("section", cues.sections),
    ("anchor", anchors.whole),
    ("pointer", cues.pointer),
    ("notice", cues.notice),
    ("promotion", tail.promotion),
    ("biography", tail.biography),
    ("leftovers", tail.leftovers),
)


def cut(
    lines: list[Line], context: Context, rules: tuple[tuple[str, Rule], ...] = RULES
) -> tuple[list[Line], tuple[Removed, ...]]:
    """The lines that stay, and those that went with the rule that cut them. No rule may cut everything."""
    removed: list[Removed] = []
    for name, rule in rules:
        gone = rule(lines, context)
        if gone and len(gone) < len(lines):
            removed += [Removed(rule=name, text=line.text) for n, line in enumerate(lines) if n in gone]
            lines = [line for n, line in enumerate(lines) if n not in gone]
    return lines, tuple(removed)


def within(removed: tuple[Removed, ...], max_bytes: int) -> tuple[Removed, ...]:
    """The first of `removed` whose texts fit into `max_bytes` of UTF-8."""
    kept, size = [], 0
    for item in removed:
        size += len(item.text.encode())
        if size > max_bytes:
            break
        kept.append(item)
    return tuple(kept)
