"""Where a query matches in a text, and the piece of the text that shows it best.

Worked out on the original text, not by the engine: offsets are code points there, whatever was folded, stemmed or cut
into pairs to find it.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from shared.searchindex import words
from shared.searchindex.document import Document
from shared.searchindex.query import All, Hit, Node, Phrase, Snippet, Some, Word
from shared.searchindex.stems import stems
from shared.searchindex.words import Atom

SNIPPET_LENGTH = 240  # code points: two to three lines of a result list
LEAD = 60  # of these, before the first match
FIRST_READ = 1_000  # code points of a text that are read for matches first, and the whole only where one is missing
LAST_READ = 100_000  # the most that is read; where every match stands behind it, the beginning is shown


class Match(Struct, frozen=True, order=True):
    """A half-open range of a text, and the needle that stands there."""

    start: int
    end: int
    needle: int


class Needle(Struct, frozen=True):
    """Something to mark: these atoms one behind the other. `stem_of` also marks words of the same stem."""

    atoms: tuple[Atom, ...]
    stem_of: str = ""


def needles(node: Node | None, field: str) -> list[Needle]:
    """What a query asks to find in `field` ("title" or "text"). What it excludes is not there to be marked."""
    found: list[Needle] = []
    for leaf in _wanted(node):
        if leaf.field in ("", field) and (atoms := words.atoms(leaf.text)):
            stemmed = isinstance(leaf, Word) and len(atoms) == 1
            found.append(Needle(tuple(atoms), leaf.text if stemmed else ""))
            if isinstance(leaf, Word) and (whole := words.joined_form(leaf.text, atoms)):
                found.append(Needle((Atom(0, len(leaf.text), whole),)))
    return found


def _wanted(node: Node | None) -> Iterator[Word | Phrase]:
    if isinstance(node, Word | Phrase):
        yield node
    elif isinstance(node, All | Some):
        for part in node.parts:
            yield from _wanted(part)


def matches(text: str, wanted: list[Needle], lang: str) -> list[Match]:
    """Every place in a text of this language where a needle stands, in order."""
    atoms = words.atoms(text) if wanted else []
    by_first = {
        first: [which for which, needle in enumerate(wanted) if needle.atoms[0].term == first]
        for first in {needle.atoms[0].term for needle in wanted}
    }
    found = [
        Match(one.start, atoms[place + len(wanted[which].atoms) - 1].end, which)
        for place, one in enumerate(atoms)
        for which in by_first.get(one.term, ())
        if _stands_at(atoms, place, wanted[which].atoms)
    ]
    for whole in words.compounds(text, atoms):
        found += [
            Match(whole.start, whole.end, which)
            for which in by_first.get(whole.term, ())
            if len(wanted[which].atoms) == 1
        ]
    roots = {stem: which for which, needle in enumerate(wanted) for stem in _stem(needle, lang)}
    if roots:
        rooted = zip(atoms, stems(text, atoms, lang), strict=True)
        found += [Match(one.start, one.end, roots[stem]) for one, stem in rooted if stem in roots]
    return sorted(found)


def _stands_at(atoms: list[Atom], place: int, needle: tuple[Atom, ...]) -> bool:
    there = atoms[place : place + len(needle)]
    return len(there) == len(needle) and all(
        one.term == wanted.term and (one.joined or not wanted.joined) for one, wanted in zip(there, needle, strict=True)
    )


def _stem(needle: Needle, lang: str) -> list[str]:
    return [stem for stem in stems(needle.stem_of, [*needle.atoms], lang) if stem] if needle.stem_of else []


def marked(text: str, wanted: list[Needle], lang: str) -> Snippet:
    """The whole text with what matches in it."""
    return Snippet(text, _merged(matches(text, wanted, lang), 0, len(text)))


def snippet(text: str, wanted: list[Needle], lang: str, length: int = SNIPPET_LENGTH) -> Snippet:
    """About `length` code points of a text: where most of the needles stand together first, else its beginning.

    White space comes out as spaces; an ellipsis stands where the text goes on.
    """
    found = _first_matches(text, wanted, lang)
    begin = max(0, _best_start(found, length - LEAD) - LEAD)
    end = min(len(text), begin + length)
    if begin:
        begin = _next_word(text, begin)
    if end < len(text):
        end = _word_end(text, begin, end)
    opening, closing = "… " if begin else "", " …" if end < len(text) else ""
    shown = re.sub(r"\s", " ", text[begin:end])
    return Snippet(opening + shown + closing, _merged(found, begin, end, len(opening) - begin))


def hit(document: Document, score: float, in_title: list[Needle], in_text: list[Needle]) -> Hit:
    """A document found, with what was looked for marked in its title and its text."""
    title = marked(document.title, in_title, document.lang)
    shown = snippet(document.text, in_text, document.lang)
    return Hit(document=document, score=score, title=title, snippet=shown)


def _first_matches(text: str, wanted: list[Needle], lang: str) -> list[Match]:
    found: list[Match] = []
    for reach in (FIRST_READ, LAST_READ):
        found = matches(text[:reach], wanted, lang)
        if reach >= len(text) or len({match.needle for match in found}) == len(wanted):
            break
    return found


def _best_start(found: list[Match], reach: int) -> int:
    """Where the first match stands that has most different needles within reach."""
    best, most = 0, 0
    for place, match in enumerate(found):
        near = (other.needle for other in found[place : place + 50] if other.end <= match.start + reach)
        if (different := len(set(near))) > most:
            best, most = match.start, different
    return best


def _next_word(text: str, begin: int) -> int:
    """The first beginning of a word from here, unless it is far: some scripts write no spaces."""
    space = re.compile(r"\s+").search(text, begin - 1, begin + LEAD // 2)
    return space.end() if space else begin


def _word_end(text: str, begin: int, end: int) -> int:
    space = max((place for place in range(max(begin, end - LEAD // 2), end + 1) if text[place].isspace()), default=end)
    return len(text[begin:space].rstrip()) + begin


def _merged(found: list[Match], begin: int, end: int, shift: int = 0) -> tuple[tuple[int, int], ...]:
    """The ranges that lie in [begin, end), joined where they overlap, moved by `shift`."""
    ranges: list[list[int]] = []
    for match in found:
        if match.start < begin or match.end > end:
            continue
        if ranges and match.start < ranges[-1][1]:
            ranges[-1][1] = max(ranges[-1][1], match.end)
        else:
            ranges.append([match.start, match.end])
    return tuple((start + shift, stop + shift) for start, stop in ranges)
