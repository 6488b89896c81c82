"""CLD2 as a voter: fast, strong on long text and on small languages, with no useful confidence of its own.

CLD2 (Google, 2013; Apache-2.0) through pycld2. It says how much of the text it holds to be which language, and whether
it would rely on that; unreliable answers count as silence.
"""

import re
from dataclasses import dataclass

from services.tagger.labels import folded

try:
    import pycld2
except ImportError:  # no wheel for every Python; the tagger says so once at start
    pycld2 = None

AVAILABLE = pycld2 is not None
# CLD2 refuses controls, surrogates, private and unassigned planes as "invalid UTF-8".
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0001ffff\U000e0000-\U0010ffff]"
)


Part = tuple[int, int, str]  # bytes of the UTF-8 text, half-open, and the label


@dataclass(frozen=True, slots=True)
class Cld2:
    """What CLD2 says: up to three (label, share of the text), most first; empty where it does not know.

    `score` is its score per kilobyte for the first label: how much like that language the text is, whatever the length.
    `parts` are the stretches in one language, where they were asked for.
    """

    reliable: bool
    shares: tuple[tuple[str, float], ...]
    score: float = 0.0
    parts: tuple[Part, ...] = ()


SILENT = Cld2(False, ())


def labels() -> frozenset[str]:
    """Every label that CLD2 can answer with."""
    if pycld2 is None:
        return frozenset()
    codes = dict(pycld2.LANGUAGES)
    return frozenset(
        folded(codes[name]) for name in pycld2.DETECTED_LANGUAGES if name in codes and not name.startswith("X_")
    )


def _ask(text: str, guess: bool = False, parts: bool = False) -> Cld2:
    if pycld2 is None:
        return SILENT
    try:
        answer = pycld2.detect(text, isPlainText=True, bestEffort=guess, returnVectors=parts)
    except (pycld2.error, UnicodeEncodeError):
        try:
            # a blank of as many bytes, so that `parts` stay true
            blank = _REFUSED.sub(lambda found: " " * len(found[0].encode("utf-8", "surrogatepass")), text)
            answer = pycld2.detect(blank, isPlainText=True, bestEffort=guess, returnVectors=parts)
        except pycld2.error:
            return SILENT
    reliable, details = answer[0], answer[2]
    shares = tuple(
        (folded(code), percent / 100)
        for _, code, percent, _ in details
        if percent and code != "un" and not code.startswith(("xx", "zz"))  # a script, a joke language
    )
    runs = tuple((start, start + size, folded(code)) for start, size, _, code in answer[3]) if parts else ()
    return Cld2(bool(reliable and shares) and not guess, shares, details[0][3], runs)


def cld2(text: str) -> Cld2:
    """CLD2's answer on `text`, never an exception."""
    return _ask(text)


def cld2_parts(text: str) -> Cld2:
    """The same with `parts`, at no further cost."""
    return _ask(text, parts=True)


def best_effort(text: str) -> Cld2:
    """CLD2's answer where it would rather give none: never reliable, right more often than not."""
    return _ask(text, guess=True)
