"""What a line looks like, in any language: a sentence, a headline, a label."""

import re

from services.cleaner.blocks import Line

_SENTENCE_END = re.compile(r"[.!?。！？؟।…۔။።]['\"”’»」』)\]]*$")
_INNER_END = re.compile(r"[.!?؟।۔]['\"”’»)\]]*\s+\S|[。！？].")
HEADLINE = 180  # characters at most


def is_sentence(line: Line) -> bool:
    """Whether the line ends as a sentence does."""
    return bool(_SENTENCE_END.search(line.text))


def is_prose(line: Line) -> bool:
    """Whether the line is running text: long, or several sentences."""
    return len(line.text) > HEADLINE or (is_sentence(line) and bool(_INNER_END.search(line.text)))


def is_headline(line: Line) -> bool:
    """Whether the line may be a headline: one line's length, not a finished sentence (a question may be one)."""
    return (
        len(line.text) <= HEADLINE and not is_prose(line) and not line.text.rstrip("'\"”’»)").endswith((".", "。", "।"))
    )
