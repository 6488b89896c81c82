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


@dataclass(frozen=True, slots=True)
class Cld2:
    """What CLD2 says: up to three (label, share of the text), most first; empty where it does not know."""

    reliable: bool
    shares: tuple[tuple[str, float], ...]


SILENT = Cld2(False, ())


def labels() -> frozenset[str]:
    """Every label that CLD2 can answer with."""
    if pycld2 is None:
        return frozenset()
    codes = dict(pycld2.LANGUAGES)
    return frozenset(
        folded(codes[name]) for name in pycld2.DETECTED_LANGUAGES if name in codes and not name.startswith("X_")
    )


def _ask(text: str, guess: bool) -> Cld2:
    if pycld2 is None:
        return SILENT
    try:
        reliable, _, details = pycld2.detect(text, isPlainText=True, bestEffort=guess)
    except (pycld2.error, UnicodeEncodeError):
        try:
            reliable, _, details = pycld2.detect(_REFUSED.sub(" ", text), isPlainText=True, bestEffort=guess)
        except pycld2.error:
            return SILENT
    shares = tuple((folded(code), percent / 100) for _, code, percent, _ in details if percent and code != "un")
    shares = tuple(pair for pair in shares if not pair[0].startswith(("xx", "zz")))  # a script, a joke language
    return Cld2(bool(reliable and shares) and not guess, shares)


def cld2(text: str) -> Cld2:
    """CLD2's answer on `text`, never an exception."""
    return _ask(text, guess=False)


def best_effort(text: str) -> Cld2:
    """CLD2's answer where it would rather give none: never reliable, right more often than not."""
    return _ask(text, guess=True)
