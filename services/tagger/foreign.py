"""The language of each line, given the document's: most lines are the document's own, and few need a full vote.

CLD2's stretches over the whole text clear the lines in the middle, where they share words with the rest; lines at the
edges, where notices and tails sit, and lines that look odd are asked one by one, with the document's language as prior.
"""

import re
from collections import Counter
from collections.abc import Sequence

from services.tagger.blocks import Line
from services.tagger.cld2 import Part, best_effort, cld2
from services.tagger.judge import Tools, enough, judge
from services.tagger.scripts import scripts
from services.tagger.writing import SOLE

HOST_BONUS = 3.5  # log weight of the document's language against each other one, for a single line
HOST_SHARE = 0.6  # of a line in the document's language by CLD2, that clears it
FIRST, LAST = 1, 2  # lines at the edges
SHORT_WORD = 6  # letters of a word that counts as a function word, at most
FAMILIAR = 8  # one word in so many has to occur elsewhere too
CLEAR = 3  # common words that clear a line of which CLD2 is not sure
NAMES = 6  # words of a first line that may be names alone: a dateline's
LINE, MIDDLE = 160, 12  # code points of a line, and lines, from which the common words are taken
_BRACKETS = re.compile(r"\([^()]*\)")
# Lines in these scripts are the document's own when its language is written so: a vote would add nothing but errors.
WRITTEN_IN = {"Hani": ("zh", "yue"), **{script: (label,) for script, label in SOLE.items()}}
# Neighbours that a single line seldom tells apart: inside one article they count as its own language.
_KIN = (frozenset({"hr", "sr", "bs"}), frozenset({"no", "nn"}), frozenset({"id", "ms"}), frozenset({"zh", "yue"}))


def kin(one: str, other: str) -> bool:
    """Whether a line in `other` may count as being in `one`."""
    return one == other or any(one in group and other in group for group in _KIN)


def _size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _cleared(text: str, units: Sequence[Line], host: str, parts: Sequence[Part]) -> list[bool]:
    """Which lines lie in stretches of the document's own language only. `parts` count bytes, lines code points."""
    cleared = []
    at, place, number = 0, 0, 0
    for unit in units:
        start = place + _size(text[at : unit.start])
        end = start + _size(text[unit.start : unit.end])
        at, place = unit.end, end
        while number < len(parts) and parts[number][1] <= start:
            number += 1
        inside, covered = number, start
        own = True
        while own and covered < end and inside < len(parts) and parts[inside][0] < end:
            own = kin(host, parts[inside][2])
            covered = parts[inside][1]
            inside += 1
        cleared.append(own and covered >= end)
    return cleared


def _common(text: str, units: Sequence[Line]) -> frozenset[str]:
    """Short lower-case words that two lines or more share: the document's own function words."""
    counts: Counter[str] = Counter()
    for unit in units:
        counts.update(set(text[unit.start : min(unit.end, unit.start + LINE)].split()))
    return frozenset(w for w, count in counts.items() if count > 1 and len(w) <= SHORT_WORD and w.islower())


def _familiar(line: str, common: frozenset[str]) -> bool:
    words = line.split()
    return len(common.intersection(words)) * FAMILIAR >= len(words)


def _names(line: str) -> bool:
    """`WASHINGTON (AFP) -`: a dateline on a line of its own is in no language."""
    words = _BRACKETS.sub(" ", line).split()
    return 0 < len(words) <= NAMES and words[0][0].isupper() and not any(word[0].islower() for word in words)


def asked(text: str, host: str, common: frozenset[str], tools: Tools) -> str:
    """The label of one line of a document in `host`, whose short common words are `common`."""
    seen = cld2(text)
    if seen.reliable and seen.shares[0][1] >= HOST_SHARE and kin(host, seen.shares[0][0]):
        return host
    if not seen.reliable and common and len(common.intersection(text.split())) >= CLEAR:
        return host
    if not seen.reliable and (guessed := best_effort(text).shares) and kin(host, guessed[0][0]):
        return host
    script = scripts(text)
    if not enough(script, tools.settings) or (script.main in WRITTEN_IN and host in WRITTEN_IN[script.main]):
        return host
    found = judge(text, {} if host == "und" else {host: HOST_BONUS}, tools).label
    return host if kin(host, found) else found


def labels(text: str, units: Sequence[Line], host: str, parts: Sequence[Part], tools: Tools) -> list[str]:
    """The label of each line of `text`. Lines beyond the limits of the settings count as the document's own."""
    cleared = _cleared(text, units, host, parts) if parts else [False] * len(units)
    middle = [unit for unit, own in zip(units, cleared, strict=True) if own]
    common = _common(text, middle[:MIDDLE]) if len(middle) > FIRST + LAST else frozenset[str]()
    found = []
    for number, unit in enumerate(units):
        if number >= tools.settings.tagger_max_lines:
            found.append(host)
            continue
        line = text[unit.start : min(unit.end, unit.start + tools.settings.tagger_block_sample)]
        inner = cleared[number] and FIRST <= number < len(units) - LAST
        known = (inner and (not common or _familiar(line[:LINE], common))) or (number == 0 and _names(line))
        found.append(host if known else asked(line, host, common, tools))
    return found
