"""The byline that no mark names: "By Jane Doe" on a line of its own, from the headline to the first paragraphs."""

import re
from functools import cache
from typing import Any

from services.cleaner import unicode
from services.cleaner.page import Page, text_of
from services.cleaner.wordlists import rows

LONGEST = 120  # characters of the line
TITLE_WORDS = 3  # a shorter <h1> is the site's name
PARAGRAPH, READ = 200, 2  # characters of a paragraph; so many are passed: bylines further on are of other articles
_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "li", "ul", "section", "header", "address", "strong",
         "em", "b", "i", "small", "td", "time")  # fmt: skip
_ELSEWHERE = ("nav", "footer")
_WITHIN = frozenset("de del della di da dos du van von der den ter la le el al bin ibn y e af zu".split())
_ELIDED = re.compile(r"^[dl]['’](?=\w)")
_JOINING = frozenset("and & und et y e og och en i , | /".split())


@cache
def _by() -> re.Pattern[str]:
    words = sorted({row[-1] for row in rows("writtenby")}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})(?![\w'’-])\s*[:：]?\s*", re.IGNORECASE)


def find(page: Page) -> str:
    """The innermost first line that begins with a word for "by" and a name; empty where there is none."""
    heading = next((h for h in page.tree.iter("h1") if len(text_of(h).split()) >= TITLE_WORDS), None)
    started, paragraphs, around, found = heading is None, 0, None, ""
    for element in page.tree.iter(*_TAGS):
        if element is heading:
            started = True
        elif started:
            if around is not None and around not in element.iterancestors():
                return found
            if element.tag == "p" and len(text_of(element)) >= PARAGRAPH:
                paragraphs += 1
                if paragraphs == READ:
                    return found
            if (line := _line(element)) and not any(outer.tag in _ELSEWHERE for outer in element.iterancestors()):
                around, found = element, line
    return found


def _line(element: Any) -> str:
    pieces = (part for text in element.itertext() if (part := unicode.line(text)))
    first = next(pieces, "")
    by = _by().match(first)
    if by is None or len(first) > LONGEST:
        return ""
    alone = by.end() == len(first)  # then the names are in elements of their own
    line, after = (f"{first} ", "") if alone else (first, " ")
    for piece in pieces:
        if alone and not _is_name(piece) and piece.lower() not in _JOINING:
            break
        line += after + piece
        after = ", " if alone else " "
        if len(line) > LONGEST:  # also so that a page's worth is never read
            return ""
    return line if _is_name(line[by.end() :]) else ""


def _is_name(text: str) -> bool:
    """Whether it begins as a name does: two words with a capital, or in a script without, small ones between them."""
    words = [_ELIDED.sub("", word) for word in text.split()[:4] if word not in _WITHIN]
    capital = all(word[0].isalpha() and not word[0].islower() for word in words[:2])
    return capital and len(words) > 1 and words[0] != "The"
