"""Captions of the article's pictures: blocks in their place, never part of the text.

The extractor drops figures whole. A caption belongs to the article where the paragraph before it does; one above the
first paragraph belongs to the opening picture.
"""

from typing import Any

from services.cleaner import unicode
from services.cleaner.blocks import Line

LONGEST = 600  # characters; a longer one is a text of its own
MOST = 60
Caption = tuple[str, str]  # its text, and the paragraph before it


def _line(element: Any) -> str:
    return unicode.line("".join(element.itertext()))


def find(tree: Any) -> list[Caption]:
    """The captions of a page in order, each with the paragraph that stands before it, white space folded."""
    found: list[Caption] = []
    if next(tree.iter("figcaption"), None) is None:
        return found
    paragraph, headed = None, False
    for element in tree.iter("h1", "p", "figcaption"):
        if element.tag == "h1":
            headed, paragraph = True, None
        elif element.tag == "figcaption":
            text = _line(element)
            if headed and text and len(text) <= LONGEST and len(found) < MOST:
                found.append((text, "" if paragraph is None else _line(paragraph)))
        elif next(element.iterancestors("figcaption"), None) is None and any(map(str.strip, element.itertext())):
            paragraph = element
    return found


def place(lines: list[Line], captions: list[Caption]) -> list[Line]:
    """`lines` with the captions that belong to them, each after its paragraph."""
    if not captions or not lines:
        return lines
    after: dict[str, list[str]] = {}
    for text, before in captions:
        after.setdefault(before, []).append(text)
    own = {line.text for line in lines}
    placed: list[Line] = []
    number = -2  # block numbers of captions: below all others, each its own

    def add(texts: list[str]) -> None:
        nonlocal number
        for text in dict.fromkeys(texts):
            if text not in own:
                placed.append(Line(text, "caption", number))
                number -= 1

    add(after.pop("", []))
    for line in lines:
        placed.append(line)
        add(after.pop(line.text, []))
    return placed
