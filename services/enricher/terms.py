"""The words of a text as keyphrases count them: folded, in order, `None` where a phrase cannot go on.

Chinese, Japanese, Thai and their like write no spaces: there a term is a run of two to four characters of one script.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

WORD = re.compile(
    r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0b80-\u0bcd\u200c\u200d-])*"
    r"(?:[’'](?!s\b)[^\W\d_]+)*|\S"
)
UNSPACED = frozenset({"zh", "ja", "th", "km", "lo", "my"})
RUN = re.compile(
    r"[\u4e00-\u9fff々]{2,}|[\u30a1-\u30fa\u30fc]{2,}|[\u0e00-\u0e7f]{3,}|[\u1000-\u109f]{3,}|[\u1780-\u17ff]{3,}|[A-Za-z]{2,}"
)
LONGEST_RUN = 4


class Term(Struct, frozen=True, gc=False):
    key: str  # casefolded
    start: int
    end: int


def terms(text: str, lang: str, start: int = 0, end: int | None = None) -> Iterator[Term | None]:
    """Terms of `text[start:end]` in order, with `None` at punctuation, numbers and gaps."""
    stop = len(text) if end is None else end
    if lang.split("-")[0] in UNSPACED:
        yield from _unspaced(text, start, stop)
        return
    for match in WORD.finditer(text, start, stop):
        word = match[0]
        if word[0].isalpha():
            yield Term(word.casefold().replace("’", "'"), match.start(), match.end())
        else:
            yield None


def _unspaced(text: str, start: int, stop: int) -> Iterator[Term | None]:
    for run in RUN.finditer(text, start, stop):
        if run[0].isascii() or "\u30a1" <= run[0][0] <= "\u30fc":
            yield Term(run[0].casefold(), run.start(), run.end())
            yield None
            continue
        for length in range(2, min(LONGEST_RUN, len(run[0])) + 1):
            for left in range(run.start(), run.end() - length + 1):
                yield Term(text[left : left + length], left, left + length)
                yield None
