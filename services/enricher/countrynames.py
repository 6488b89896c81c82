"""Names of countries in three words or more, found as they are written.

A model or a rule that takes such a name apart names another country: `Republic of Korea` is the South, and
`Democratic People's Republic of Korea` the North.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

import ahocorasick_rs

from services.enricher.mentions import Mention
from services.enricher.wordlists import rows

FEWEST_WORDS = 3
SURE = 0.95
STRAIGHT = str.maketrans("’", "'")


@cache  # a pass over tables of all languages
def _long_names() -> dict[str, set[str]]:
    """Language -> the names of countries in it that are long enough to be taken apart."""
    found: dict[str, set[str]] = {}
    for _, language, name in (*rows("countries.tsv"), *rows("country_aliases.tsv")):
        if len(name.split()) >= FEWEST_WORDS:
            found.setdefault(language, set()).add(name.translate(STRAIGHT))
    return found


@lru_cache(maxsize=256)  # every language that has a table
def _finder(lang: str) -> "ahocorasick_rs.AhoCorasick | None":
    names = sorted(_long_names().get(lang, ()))
    return ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest) if names else None


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
