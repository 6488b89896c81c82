"""Listed names in scripts without capitals: countries, large cities, regions and organisations, by Aho-Corasick.

In scripts that write spaces a name begins and ends a word (Arabic and Hebrew prefixes and Korean particles aside);
Chinese, Japanese and Thai write none, so the longest listed name counts. A name that the language's own articles use as
an ordinary word (Korean 위해, Arabic الجديدة) is none, unless it is a country's, a region's, a listed organisation's, a
very large city's, or a large one's that is too long for a chance likeness (ワシントン).
"""

import re
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs

from services.enricher.gazetteer import Gazetteer
from services.enricher.keyphrases import frequencies
from services.enricher.mentions import Kind, Mention
from services.enricher.wordlists import lines, rows

CASELESS = re.compile(
    "[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u10d0-\u10ff\u1200-\u137f"
    "\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
HANGUL = re.compile("[\uac00-\ud7af]")
KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
PREFIXES = frozenset("وفبلהובלמש")  # and, so, in, to; the, and, in, to, from, that
PARTICLES = re.compile(
    "[시도군구]?(?:에서|에게|에는|에도|에선|까지|부터|으로|이나|[은는이가을를의에로와과도만서인발측산행])?(?![\uac00-\ud7af])"
)  # city, province, district; then in, to, from, by, and, also, only ...
CITY_FROM, LARGE, VERY_LARGE = 200_000, 300_000, 1_000_000  # people
LONG = 4  # characters of a city's name
ORDINARY = 0.03  # share of documents
SHARE = 0.3  # of the letters of a text that make it one of these scripts


@dataclass(frozen=True, eq=False)
class Scanner:
    """The listed names and their kinds; the automaton is built when the first such article comes."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    unmistakable: frozenset[str]

    @cached_property
    def _automaton(self) -> "ahocorasick_rs.AhoCorasick":
        longest = ahocorasick_rs.MatchKind.LeftmostLongest
        return ahocorasick_rs.AhoCorasick(list(self.names), matchkind=longest)

    def reads(self, text: str, start: int, end: int) -> bool:
        """Whether a run is written in such a script."""
        letters = sum(character.isalpha() for character in text[start:end])
        return len(CASELESS.findall(text, start, end)) > SHARE * letters

    def recognise(self, text: str, start: int, end: int, lang: str) -> list[Mention]:
        """Mentions in `text[start:end]`, in order."""
        found = []
        for number, left, right in self._automaton.find_matches_as_indexes(text[start:end]):
            name = self.names[number]
            if name not in self.unmistakable and frequencies(lang).is_common(name, ORDINARY):
                continue
            if _bounded(text, start + left, start + right, name):
                found.append(Mention(start + left, start + right, self.kinds[number], name, 0.7))
        return found


def _bounded(text: str, start: int, end: int, name: str) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if KATAKANA.match(name[0]) or KATAKANA.match(name[-1]):
        return not KATAKANA.match(before) and not KATAKANA.match(after)
    if UNSPACED.match(name[0]):
        return True
    if HANGUL.match(name[0]):
        return not HANGUL.match(before) and PARTICLES.match(text, end) is not None
    if after.isalpha():
        return False
    if before in PREFIXES:
        earlier = text[start - 2] if start > 1 else " "
        return not earlier.isalpha()
    return not before.isalpha()


def load(gazetteer: Gazetteer) -> Scanner:
    """Gathers the names; where two lists hold one, countries come before organisations and cities."""
    kinds: dict[str, Kind] = {}
    for _, _, name in [*rows("countries.tsv"), *rows("country_aliases.tsv")]:
        kinds.setdefault(name, "place")
    for name in lines("organisations.txt"):
        kinds.setdefault(name, "organisation")
    unmistakable = set(kinds)
    for _, _, forms in rows("agencies.tsv"):
        for form in forms.split("|"):
            kinds.setdefault(form, "organisation")
    for name, _ in rows("regions.tsv"):
        kinds.setdefault(name, "place")
        unmistakable.add(name)
    for name in gazetteer.foreign_names:
        people = gazetteer.people(name) if CASELESS.match(name) else 0
        if people >= CITY_FROM:
            kinds.setdefault(name, "place")
        if people >= (LARGE if len(name) >= LONG else VERY_LARGE):
            unmistakable.add(name)
    useful = {name: kind for name, kind in kinds.items() if CASELESS.match(name) and len(name) > 1}
    useful = {name: kind for name, kind in useful.items() if len(name) > 2 or not _short_word(name)}
    return Scanner(tuple(useful), tuple(useful.values()), frozenset(unmistakable & useful.keys()))


def _short_word(name: str) -> bool:
    """Two letters of an alphabet are rather a word; two Chinese characters or Korean syllables are a name."""
    return not (UNSPACED.match(name) or HANGUL.match(name))
