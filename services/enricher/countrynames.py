"""Names of countries in three words or more, found as they are written.

A model or a rule that takes such a name apart names another country: `Republic of Korea` is the South, and
`Democratic People's Republic of Korea` the North.
"""

from collections.abc import Iterator
from functools import lru_cache

import ahocorasick_rs

from services.enricher.mentions import Mention
from services.enricher.wordlists import rows

FEWEST_WORDS = 3
SURE = 0.95
STRAIGHT = str.maketrans("’", "'")


@lru_cache(maxsize=16)
def _finder(lang: str) -> "ahocorasick_rs.AhoCorasick | None":
    tables = (*rows("countries.tsv"), *rows("country_aliases.tsv"))
    names = {name.translate(STRAIGHT) for _, language, name in tables if language == lang}
    long = sorted(name for name in names if len(name.split()) >= FEWEST_WORDS)
    return ahocorasick_rs.AhoCorasick(long, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest) if long else None


def whole(text: str, start: int, end: int, lang: str) -> Iterator[Mention]:
    """Mentions of such names in `text[start:end]`, each a word's begin to a word's end."""
    finder = _finder(lang)
    if finder is None:
        return
    for _, left, right in finder.find_matches_as_indexes(text[start:end].translate(STRAIGHT)):
        first, last = start + left, start + right
        if not (text[first - 1 : first].isalnum() or text[last : last + 1].isalnum()):
            yield Mention(first, last, "place", text[first:last], SURE)


def instead(found: list[Mention], names: list[Mention]) -> list[Mention]:
    """`found` with these names in place of what they overlap."""
    if not names:
        return found
    apart = [one for one in found if all(one.end <= name.start or name.end <= one.start for name in names)]
    return sorted(apart + names)
