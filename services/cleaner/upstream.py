"""The one place that reaches into trafilatura: named internals replaced at run time, nothing of it copied.

The version is pinned exactly, and `tests/unit/cleaner/test_upstream.py` fails when upstream changes what is replaced.
"""

from functools import lru_cache

import trafilatura.utils

_JOINERS = "\u200b\u200c\u200d"


@lru_cache(maxsize=1 << 14)
def _kept(char: str) -> str:
    """Every printable character and space, and the joiners, which stock trafilatura deletes from Persian and Hindi."""
    return char if char.isprintable() or char.isspace() or char in _JOINERS else ""


def adapt() -> None:
    """Puts our replacements in place; doing it again changes nothing."""
    trafilatura.utils.return_printables_and_spaces = _kept


adapt()
