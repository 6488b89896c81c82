"""A brand that a copying site pushed into another's report: before the headline, and glued into the dateline.

Such sites write `Brand:Headline` and put the brand after a comma of the opening (`SEOUL,Brand South Korea (AP) -`). No
list of sites: the word before the colon is an injected brand exactly when the text has it nowhere but in such places.
A colon alone proves nothing (`Ukraine: ...`): there the word stands in the text as a word.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.cleaner.blocks import Line

_BEFORE = re.compile(r"^(?P<brand>[^\s:：|]\S{1,29}(?: \S{1,20}){0,2}?)\s?[:：|]\s?(?=\S)")


def injected(title: str, texts: Sequence[str]) -> str:
    """The brand in front of `title` that `texts` hold only glued after a comma, or nothing."""
    match = _BEFORE.match(title)
    if not match:
        return ""
    brand = match["brand"].strip(":：|")
    glued = re.compile(rf"(?<=[,，、،]){re.escape(brand)}(?=\W|$)")
    lead = re.compile(rf"^{re.escape(brand)}\s?[:：|]")
    found = 0
    for text in texts:
        rest = lead.sub("", text)
        found += len(glued.findall(rest))
        if re.search(rf"(?<!\w){re.escape(brand)}(?!\w)", glued.sub("", rest)):
            return ""  # it stands somewhere as a word of its own
    return brand if found else ""


def without(text: str, brand: str) -> str:
    """`text` without the injected brand at its start or glued after a comma."""
    mark = re.escape(brand)
    text = re.sub(rf"^{mark}\s?[:：|]\s?(?=\S)", "", text)
    return re.sub(rf"(?<=[,，、،]){mark}(?=\W|$)", "", text)


def strip(title: str, lines: list[Line], above: int = 0) -> tuple[str, list[Line], str]:
    """Title and lines without an injected brand, and the brand. The first `above` lines are no running text."""
    brand = injected(title, [line.text for line in lines[above:]])
    if not brand:
        return title, lines, ""
    return without(title, brand), [replace(line, text=without(line.text, brand).strip()) for line in lines], brand
