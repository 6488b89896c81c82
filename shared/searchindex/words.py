"""Text to searchable words, the same way for documents and for queries.

Words of scripts that write no spaces (Chinese, Japanese, Thai, Khmer, Lao, Burmese) and Korean, whose particles hang
on the word, are read letter by letter, so that any part of a run can be found: pairs of neighbours (bigrams) are the
terms. Two spellings of one word fold to one term:

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
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

MAX_TERM = 128  # code points of a term; what is longer is no word, and is cut alike in documents and queries

# Scripts read letter by letter.
_DENSE = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"  # Han
    "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Hiragana, Katakana
    "\uac00-\ud7a3"  # Hangul syllables
)
# `\w` knows letters and digits but not the marks that follow them: all marks lie in these planes.
_MARKS = "".join(
    chr(code)
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
    if unicodedata.category(chr(code))[0] == "M"
)
_SILENT = "\u00ad\u200d\u2060"  # soft hyphen, zero-width joiner, word joiner: nobody types them
_JOINTS = "-\u2010\u2011'\u2019\u200c."
_JOINTS = "-\u2010\u2011'\u2019\u200c."
_TRAIL = f"[{_MARKS}{_SILENT}]*+"
_ATOM = re.compile(rf"(?P<dense>(?=\w)[{_DENSE}]{_TRAIL})|(?:[^\W_{_DENSE}]++{_TRAIL})++")

_BARE = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe"})
_ALIKE = str.maketrans("ةىٱکھہەیے" + "ё’", "هياكهههيي" + "е'", "ـʼ")


class Atom(NamedTuple):
    """A word, or one letter of a dense script, at `[start, end)` code points of its text."""

    start: int
    end: int
    term: str
    dense: bool = False
    joined: bool = False  # directly behind the letter before it, in one run


class _Fold(dict[int, str]):
    """Code point to what it folds to, worked out once for each."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFKC", chr(code)).casefold()
        letter = "".join(str(unicodedata.decimal(one, one)) for one in letter if not _leaves_no_trace(one))
        parts = unicodedata.normalize("NFD", letter)
        if parts and _takes_marks_lightly(parts[0]):
            letter = "".join(part for part in parts if not unicodedata.combining(part)).translate(_BARE)
        self[code] = letter = letter.translate(_ALIKE)
        return letter


def _leaves_no_trace(letter: str) -> bool:
    return letter.isspace() or letter in _SILENT or "\ud800" <= letter <= "\udfff"  # half a surrogate pair is no letter


def _takes_marks_lightly(letter: str) -> bool:
    """Latin, Greek and the marks they share; Hebrew and Arabic."""
    return letter < "\u0400" or "\u0590" <= letter < "\u0700" or "\u0750" <= letter < "\u0780"


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
    for match in _ATOM.finditer(text):
        start, end = match.span()
        dense = match.lastgroup is not None
        if term := fold(match[0]):
            found.append(Atom(start, end, term, dense, dense and start == dense_end))
        dense_end = end if dense else -1
    return found


def compounds(text: str, found: list[Atom]) -> list[Atom]:
    """The words that are joined of several atoms of the text, each as one word."""
    joined: list[Atom] = []
    parts: list[Atom] = []
    for one, next_ in pairwise([*found, Atom(len(text) + 2, 0, "")]):
        parts.append(one)
        linked = next_.start - one.end == 1 and text[one.end] in _JOINTS and not (one.dense or next_.dense)
        if linked and (text[one.end] != "." or len(one.term) == 1):
            continue
        term = "".join(part.term for part in parts)[:MAX_TERM]
        if len(parts) > 1 and not term.isdigit():
            joined.append(Atom(parts[0].start, one.end, term))
        parts.clear()
    return joined


def terms(found: list[Atom]) -> list[str]:
    """One index term for each atom: the word, or a dense letter with the one behind it in its run.

    The last letter of a run stands alone, so that the terms beginning with a letter are all its occurrences.
    """
    pairs = zip_longest(found, found[1:])
    return [one.term + behind.term if behind is not None and behind.joined else one.term for one, behind in pairs]
