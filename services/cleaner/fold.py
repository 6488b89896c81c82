"""Texts made comparable: the folded form under which two spellings of one line are equal."""

import re
from hashlib import blake2b
from unicodedata import normalize

_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Case, width, punctuation and space folded away: words apart by one space."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    return _NOT_WORD.sub(" ", normalize("NFKC", text).casefold()).strip()


def digest(text: str) -> str:
    """blake2b-128 hex of the folded text."""
    return blake2b(fold(text).encode(), digest_size=16).hexdigest()


def overlap(one: str, other: str) -> float:
    """Shared words of two folded texts, as a share of the shorter one's; characters where a script has no spaces."""
    first, second = _units(one), _units(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def _units(text: str) -> set[str]:
    words = text.split()
    return set(words) if len(words) > 2 else set(text.replace(" ", ""))
