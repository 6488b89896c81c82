"""The text that the page states in JSON-LD (`articleBody`), where extraction plainly lost the most of it.

It is no better than extraction where both have the article (it drops structure and keeps promotion), so it is only a
check of completeness. A text that the page declares not free stays where it is: this is no way around a paywall.
"""

import re

from services.cleaner import jsonld, unicode
from services.cleaner.blocks import Line
from services.cleaner.page import Page
from services.cleaner.sitefacts import paywalled

LONGER = 1.25  # times the extracted text
COVERED = 0.4  # share of the extracted words that it must hold
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_BREAK = re.compile(r"<(?:/?p|br|/?div|/?h[1-6]|/?li)\b[^>]{0,2000}>", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^\W*\+\+\+\w*\W*$")  # `+++` blocks of some publishing systems


def complete(lines: list[Line], page: Page, article: jsonld.Node | None) -> list[Line]:
    """`lines`, or the stated text's where that is much longer and holds them."""
    stated = jsonld.text((article or {}).get("articleBody"))
    extracted = " ".join(line.text for line in lines)
    if len(stated) <= max(200, LONGER * len(extracted)) or paywalled(page, article):
        return lines
    parts = [unicode.line(part) for part in _MARKUP.sub("", _BREAK.sub("\n", stated)).split("\n")]
    parts = [part for part in parts if part and not _DIRECTIVE.match(part)]
    known = set(" ".join(parts).split())
    words = extracted.split()
    if words and sum(1 for word in words if word in known) < COVERED * len(words):
        return lines
    return [Line(part, "paragraph", n) for n, part in enumerate(parts)]
