"""Texts made comparable: the folded form under which two spellings of one line are equal."""

import re
from hashlib import blake2b
from unicodedata import normalize

LONG_WORD = 16  # characters of a word from which on a text is in a script without spaces
_NOT_WORD = re.compile(r"[\W_]+")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def fold(text: str) -> str:
    """Case, width, punctuation and space folded away: words apart by one space."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())  # the same as below, in half the time
    return _NOT_WORD.sub(" ", normalize("NFKC", text).casefold()).strip()


def digest(text: str) -> str:
    """blake2b-128 hex of the folded text."""
    return blake2b(fold(text).encode(), digest_size=16).hexdigest()


def overlap(one: str, other: str) -> float:
    """Shared words of two folded texts, as a share of the shorter one's; characters where a script has no spaces."""
    spaced = all(len(text) < LONG_WORD * (text.count(" ") + 1) for text in (one, other))
    first, second = (set(text.split()) if spaced else set(text.replace(" ", "")) for text in (one, other))
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0
