"""justext, trafilatura's last rescue, with each text made once: same answers, half the time.

It asks a paragraph for its text six times and joins and cleans it anew each time, and it calls a Python function for
each run of white space. `tests/unit/cleaner/test_upstream.py` compares the answers with its own.
"""

import re
from typing import Any

import justext.paragraph

_SPACES = re.compile(r"\s+")
_LINES = re.compile(r"\s*[\n\r]\s*")


def normalize_whitespace(text: str) -> str:
    """Each run of white space as one line feed where it holds a line break, else as one space."""
    if "\n" in text or "\r" in text:
        return "\n".join(_SPACES.sub(" ", part) for part in _LINES.split(text))
    return _SPACES.sub(" ", text)


def _text(paragraph: Any) -> str:
    """`Paragraph.text`, remembered until a text node is added."""
    nodes = paragraph.text_nodes
    known = paragraph.__dict__.get("known_text")
    if known is None or known[0] != len(nodes):
        known = len(nodes), normalize_whitespace("".join(nodes).strip())
        paragraph.known_text = known
    made: str = known[1]
    return made


def adapt() -> None:
    """Puts ours in place; doing it again changes nothing."""
    paragraph: Any = justext.paragraph
    paragraph.normalize_whitespace = normalize_whitespace
    paragraph.Paragraph.text = property(_text)
