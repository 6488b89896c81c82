"""What the article is about: phrases of one to three words, weighted by TF-IDF with shipped document frequencies.

score = how often x how rare (mean inverse document frequency of the words) x a bonus for words in the title and for an
early first mention. Names that the article mentions again and again count as phrases too. (Facts: this finds more of
the entities that matter than YAKE or RAKE, at a fraction of the cost.)
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from services.enricher.terms import UNSPACED, Term, terms
from services.enricher.wordlists import DATA
from shared.messages import Entity

LONGEST = 3  # words
COMMON = 0.20  # share of documents above which a word begins or ends no phrase
HAN = re.compile("[\u0e00-\u109f\u1780-\u17ff\u4e00-\u9fff]")  # cut anywhere: once is chance
COMMON_UNSPACED = 0.15
TITLE_BONUS = 1.6
EARLY_BONUS = 0.5  # for the very beginning, falling to none at the end
LENGTH_BONUS = (0.0, 1.0, 1.5, 1.7)
ENTITY_BONUS = 1.8


@dataclass(frozen=True)
class Frequencies:
    """In how many of `documents` a word stands; a word that is absent stands in none."""

    documents: int
    standing: dict[str, int]

    def rarity(self, word: str) -> float:
        """Inverse document frequency, smoothed: ln((N + 1) / (df + 0.5))."""
        return math.log((self.documents + 1) / (self.standing.get(word, 0) + 0.5))

    def is_common(self, word: str, share: float) -> bool:
        """Whether a word is in so many documents that it says nothing by itself."""
        return self.standing.get(word, 0) > share * self.documents


@lru_cache(maxsize=256)  # every language that has a table: 5 ms to read and 0.2 MB each
def frequencies(lang: str) -> Frequencies:
    """The table of a language, or an empty one."""
    file = DATA / "frequencies" / f"{lang.split('-')[0]}.tsv"
    if not file.exists():
        return Frequencies(1, {})
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return Frequencies(int(head.split()[1]), {word: int(count) for word, count in pairs})


def keyphrases(
    title: str, text: str, runs: list[tuple[int, int]], lang: str, entities: Iterable[Entity], most: int
) -> tuple[str, ...]:
    """The `most` best phrases of the article's own runs, best first, as the text writes them most often."""
    table = frequencies(lang)
    unspaced = lang.split("-")[0] in UNSPACED
    common = COMMON_UNSPACED if unspaced else COMMON
    places: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for start, end in runs:
        for phrase, left, right in _phrases(terms(text, lang, start, end), table, common):
            places.setdefault(phrase, []).append((left, right))
    counts = {phrase: len(found) for phrase, found in places.items()}
    first = {phrase: found[0][0] for phrase, found in places.items()}
    titled = {term.key for term in terms(title, lang) if term is not None}
    names = {tuple(term.key for term in terms(entity.text, lang) if term): len(entity.spans) for entity in entities}
    scores: dict[tuple[str, ...], float] = {}
    rarities = {word: table.rarity(word) for phrase in counts if len(phrase) == 1 for word in phrase}
    for phrase, count in counts.items():
        if count == 1 and (len(phrase) > 1 or (unspaced and HAN.match(phrase[0]))) and phrase not in names:
            continue
        rarity = sum(rarities.get(word) or table.rarity(word) for word in phrase) / len(phrase)
        length = len(phrase[0]) - 1 if unspaced else len(phrase)
        score = max(count, names.get(phrase, 0)) * rarity * LENGTH_BONUS[min(length, LONGEST)]
        score *= TITLE_BONUS if all(word in titled for word in phrase) else 1.0
        score *= 1 + EARLY_BONUS * (1 - first[phrase] / max(len(text), 1))
        score *= ENTITY_BONUS if phrase in names else 1.0
        scores[phrase] = score
    ranked = sorted(scores, key=lambda phrase: (-scores[phrase], first[phrase], phrase))
    chosen = _distinct(ranked, counts, most, unspaced)
    return tuple(_as_printed(text, places[phrase]) for phrase in chosen)


def _as_printed(text: str, places: list[tuple[int, int]]) -> str:
    """The spelling that stands most often."""
    forms = Counter(text[left:right] for left, right in places)
    return min(forms, key=lambda form: (-forms[form], form))


def _phrases(
    words: Iterable[Term | None], table: Frequencies, common: float
) -> Iterable[tuple[tuple[str, ...], int, int]]:
    """All runs of one to three terms that neither begin nor end with a common word: (words, start, end)."""
    empty: dict[str, bool] = {}  # word -> says nothing by itself
    second = first = None  # the two terms before
    for term in words:
        if term is None:
            second = first = None
            continue
        key = term.key
        if key not in empty:
            empty[key] = len(key) < 2 or table.is_common(key, common)
        if not empty[key]:
            yield (key,), term.start, term.end
            if first is not None:
                if not empty[first.key]:
                    yield (first.key, key), first.start, term.end
                if second is not None and not empty[second.key]:
                    yield (second.key, first.key, key), second.start, term.end
        second, first = first, term


def _distinct(
    ranked: list[tuple[str, ...]], counts: dict[tuple[str, ...], int], most: int, unspaced: bool
) -> list[tuple[str, ...]]:
    """The best phrases, without those that only repeat a part, or the whole, of a better one."""
    chosen: list[tuple[str, ...]] = []
    for phrase in ranked:
        if len(chosen) == most:
            break
        if any(_repeats(phrase, better, counts, unspaced) for better in chosen):
            continue
        chosen.append(phrase)
    return chosen


def _repeats(
    phrase: tuple[str, ...], better: tuple[str, ...], counts: dict[tuple[str, ...], int], unspaced: bool
) -> bool:
    if unspaced:
        return phrase[0] in better[0] or better[0] in phrase[0]
    inside = _within(phrase, better) and counts[phrase] < 2 * counts[better]
    return inside or _within(better, phrase)


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
