"""The byline that no mark names: "By Jane Doe" on a line of its own, from the headline to the first paragraphs."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import Any

from lxml import etree

from services.cleaner import unicode
from services.cleaner.page import Page, text_of
from services.cleaner.wordlists import rows

LONGEST = 120  # characters of the line
TITLE_WORDS = 3  # a shorter <h1> is the site's name
PARAGRAPH, READ = 200, 2  # characters of a paragraph; so many are passed: bylines further on are of other articles
_INLINE = frozenset("a abbr address author b bdi bdo cite em font i mark q s small span strong sub sup time u".split())
_UNREAD = frozenset(("script", "style", "noscript", "template", "textarea", "option", "svg", "nav", "footer"))
_WITHIN = frozenset("de del della di da dos du van von der den ter la le el al bin ibn y e af zu".split())
_ELIDED = re.compile(r"^[dl]['’](?=\w)")
_JOINING = frozenset("and & und et y e og och en i , | /".split())
Line = tuple[str, list[str]]  # the tag that it stands in, and its pieces: what elements within the line hold


@cache
def _by() -> re.Pattern[str]:
    words = sorted({row[-1] for row in rows("writtenby")}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})(?![\w'’-])\s*[:：]?\s*", re.IGNORECASE)


def find(page: Page) -> str:
    """The first line that begins with a word for "by" and a name; empty where there is none. One pass over the page."""
    by, names, paragraphs = "", list[str](), 0
    for tag, pieces in _lines(page.tree):
        text = " ".join(pieces)
        if by:  # it stood alone: what follows is the name, or a list of them
            if _is_name(text) and len(text) <= LONGEST and (not names or tag == "li"):
                names.append(text)
                continue
            if names:
                break
            by = ""
        if (found := _by().match(pieces[0])) is None:
            paragraphs += len(text) >= PARAGRAPH
            if paragraphs == READ:
                break
        elif found.end() < len(pieces[0]):
            if len(text) <= LONGEST and _is_name(text[found.end() :]):
                return text
        else:
            names = [piece for piece in takewhile(_may_follow, pieces[1:]) if _is_name(piece)]
            if names:
                return f"{pieces[0]} {', '.join(names)}"
            by = pieces[0] if len(pieces) == 1 else ""
    return f"{by} {', '.join(names)}" if names else ""


def _lines(tree: Any) -> Iterator[Line]:
    """The lines that a reader sees below the headline, or of the whole page where it has none."""
    heading = next((h for h in tree.iter("h1") if len(text_of(h).split()) >= TITLE_WORDS), None)
    started, line, tag = heading is None, list[str](), ""
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag not in _INLINE:
            if started and line:
                yield tag, line
            line, tag = [], element.tag
        if event == "start" and element.tag in _UNREAD:
            walk.skip_subtree()
        elif event == "start":
            line += _piece(element.text)
            started = started or element is heading
        if event == "end":
            line += _piece(element.tail)


def _piece(text: str | None) -> list[str]:
    return [line] if text and (line := unicode.line(text)) else []


def _may_follow(piece: str) -> bool:
    return _is_name(piece) or piece.lower() in _JOINING


def _is_name(text: str) -> bool:
    """Whether it begins as a name does: two words with a capital, or in a script without, small ones between them."""
    words = [_ELIDED.sub("", word) for word in text.split()[:4] if word not in _WITHIN]
    capital = all(word[0].isalpha() and not word[0].islower() for word in words[:2])
    return capital and len(words) > 1 and words[0] != "The"
