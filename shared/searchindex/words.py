"""Text to searchable words, the same way for documents and for queries.

Scripts that write no spaces (Chinese, Japanese, Thai, Khmer, Lao, Burmese) and Korean, whose particles hang on the
word, are read letter by letter, so that any part of a run can be found: by pairs of neighbours (bigrams) where it has
two letters or more. Two spellings of one word fold to one term:

- case, width and compatibility forms (Unicode NFKC and full case folding), every script's digits to 0-9;
- accents of Latin and Greek, vowel signs of Arabic and Hebrew, which readers leave out when they type. Marks of other
  scripts are letters to their readers (Russian й, Japanese が, every Indic vowel) and stay, but for Russian ё;
- Arabic letter variants: alef with its signs, teh marbuta and heh, yeh and alef maksura, and the Persian and Urdu
  letters that only look and encode differently (ک, ی, ہ, ے); after Apache Lucene's Arabic and Persian normalisers;
- parts joined by a hyphen, an apostrophe or a zero-width non-joiner count apart and as one: `COVID-19` is found by
  `covid19`, and می‌رود by میرود; so do letters with full stops, `U.S.` and `us`.
"""

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from itertools import zip_longest

from msgspec import Struct

MAX_TERM = 128  # code points of a term; what is longer is no word, and is cut alike in documents and queries

# First and last code points of the scripts that are read letter by letter.
_DENSE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0xAA60, 0xAA7F),
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han, with the three ranges and the planes below
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x20000, 0x3FFFD),
)
_SILENT = "\u00ad\u200d\u2060"  # soft hyphen, zero-width joiner, word joiner: nobody types them
_ATOM = re.compile(r"(d)m*|w[wm]*")  # over the kinds of letters, one character for each
_JOINT = re.compile(r"(?<=\S)[-\u2010\u2011'\u2019\u200c.](?=\w)")

_BARE = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe"})
_ALIKE = str.maketrans("ةىٱکھہەیے" + "ё’", "هياكهههيي" + "е'", "ـʼ")


class Atom(Struct, frozen=True, gc=False):
    """A word, or one letter of a dense script, at `[start, end)` code points of its text."""

    start: int
    end: int
    term: str
    dense: bool = False
    joined: bool = False  # directly behind the letter before it, in one run


class _Kinds(dict[int, str]):
    """Code point to its kind: dense letter, word letter or digit, mark, or a space for all else."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter.isalnum():
            kind = "d" if any(first <= code <= last for first, last in _DENSE) else "w"
        else:
            kind = "m" if letter in _SILENT or unicodedata.category(letter)[0] == "M" else " "
        self[code] = kind
        return kind


class _Fold(dict[int, str]):
    """Code point to what it folds to, worked out once for each."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFKC", chr(code)).casefold()
        letter = "".join(str(unicodedata.decimal(one, one)) for one in letter if not _leaves_no_trace(one))
        parts = unicodedata.normalize("NFD", letter)
        if parts and _takes_marks_lightly(parts[0]):
            letter = "".join(part for part in parts if not unicodedata.combining(part)).translate(_BARE)
        self[code] = letter = unicodedata.normalize("NFC", letter.translate(_ALIKE))
        return letter


def _leaves_no_trace(letter: str) -> bool:
    return letter.isspace() or letter in _SILENT or "\ud800" <= letter <= "\udfff"  # half a surrogate pair is no letter


def _takes_marks_lightly(letter: str) -> bool:
    """Latin, Greek and the marks they share; Hebrew and Arabic."""
    return letter < "\u0400" or "\u0590" <= letter < "\u0700" or "\u0750" <= letter < "\u0780"


_KINDS = _Kinds()
_FOLD = _Fold()


def folded(text: str) -> str:
    """Any text as it is compared: two spellings of one text give the same. Without its white space."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


@lru_cache(1 << 16)  # words repeat: this makes reading a text three times as fast
def fold(word: str) -> str:
    """The term of a word."""
    return folded(word)[:MAX_TERM]


def atoms(text: str) -> list[Atom]:
    """The words of a text in order."""
    found = []
    dense_end = -1
    for match in _ATOM.finditer(text.translate(_KINDS)):
        start, end = match.span()
        dense = match[1] is not None
        if term := fold(text[start:end]):
            found.append(Atom(start, end, term, dense, dense and start == dense_end))
        dense_end = end if dense else -1
    return found


def compounds(text: str, found: list[Atom]) -> list[Atom]:
    """The words that are joined of several atoms of the text, each as one word."""
    chains: list[list[int]] = []  # first and last atom of each
    for joint in _JOINT.finditer(text):
        place = bisect_left(found, joint.start(), key=_end)
        parts = found[place : place + 2]
        if len(parts) < 2 or (parts[0].end, parts[1].start) != joint.span() or parts[0].dense or parts[1].dense:
            continue
        if joint[0] == "." and len(parts[0].term) > 1:  # U.S., but no host name and no number
            continue
        if chains and chains[-1][1] == place:
            chains[-1][1] = place + 1
        else:
            chains.append([place, place + 1])
    joined = [Atom(found[a].start, found[b].end, _whole(found[a : b + 1])) for a, b in chains]
    return [one for one in joined if not one.term.isdigit()]


def joined_form(text: str, found: list[Atom]) -> str:
    """The term of a text that is one word joined of several atoms; '' where it is not."""
    for whole in compounds(text, found):
        if (whole.start, whole.end) == (found[0].start, found[-1].end):
            return whole.term
    return ""


def _end(atom: Atom) -> int:
    return atom.end


def _whole(parts: list[Atom]) -> str:
    return "".join(part.term for part in parts)[:MAX_TERM]


def terms(found: list[Atom]) -> list[str]:
    """The index terms of a text: its words, and its dense runs as pairs of neighbours, or one letter that is alone."""
    made = []
    for one, behind in zip_longest(found, found[1:]):
        if behind is not None and behind.joined:
            made.append(one.term + behind.term)
        elif not one.joined:
            made.append(one.term)
    return made


def letters(found: list[Atom]) -> list[str]:
    """The index terms of a text with dense letters, letter by letter; none of a text without."""
    return [one.term for one in found] if any(one.dense for one in found) else []


def sought(found: list[Atom]) -> tuple[bool, list[str]]:
    """What to look up for these atoms, one behind the other, and whether among `letters` and not among `terms`.

    Pairs answer for a single run, and fast. Lone letters, and runs that the query parts with spaces where the text may
    have none, are looked up letter by letter.
    """
    run = all(one.joined for one in found[1:])
    by_letter = any(one.dense for one in found) and not (run and len(found) > 1)
    return by_letter, letters(found) if by_letter else terms(found)
