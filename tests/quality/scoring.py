"""Scores against gold, as the field computes them.

Body: 4-gram word shingles with multiset overlap; mean precision and mean recall over pages, F1 of the two means (the
scorer of the article extraction benchmark, https://github.com/scrapinghub/article-extraction-benchmark). Differences
come with a paired bootstrap over pages: Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

_WORD = re.compile(r"\w+")
_NOT_WORD = re.compile(r"[\W_]+")
RESAMPLES = 1_000
SEED = 20260301
Pairs = Sequence[tuple[float, ...]]
Statistic = Callable[[np.ndarray], float]


def shingles(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    """The word n-grams of a text, counted; a shorter text is one shingle."""
    words = _WORD.findall(text)
    return Counter(tuple(words[start : start + n]) for start in range(max(1, len(words) - n + 1)))


def precision_recall(gold: str, got: str) -> tuple[float, float]:
    """Precision and recall of the shingles of one page."""
    wanted, found = shingles(gold), shingles(got)
    shared = sum((wanted & found).values())
    wrong, missed = sum(found.values()) - shared, sum(wanted.values()) - shared
    if wrong == missed == 0:
        return 1.0, 1.0
    return (shared / (shared + wrong) if shared + wrong else 0.0), (
        shared / (shared + missed) if shared + missed else 0.0
    )


def f1_of_means(pages: np.ndarray) -> float:
    """F1 of mean precision and mean recall; a row a page."""
    precision, recall = pages.mean(axis=0)
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def mean(pages: np.ndarray) -> float:
    """Share of pages that are right."""
    return float(pages.mean())


def folded(text: str) -> str:
    """Lower case, punctuation and space folded."""
    return _NOT_WORD.sub(" ", normalize("NFKC", text).casefold()).strip()


def same_names(gold: Iterable[str], got: Iterable[str]) -> bool:
    """Whether two lists name the same people, as sets of folded names."""
    return {folded(name) for name in gold} - {""} == {folded(name) for name in got} - {""}


@dataclass(frozen=True)
class Compared:
    """A figure of ours beside the baseline's on the same pages, with the 95 % interval of the difference."""

    name: str
    pages: int
    baseline: float
    ours: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        return self.ours - self.baseline

    def row(self) -> str:
        return (
            f"{self.name:<34} {self.pages:>5} {self.baseline:>8.4f} {self.ours:>8.4f} {self.gain:>+8.4f} "
            f"[{self.low:+.4f}, {self.high:+.4f}]"
        )


def compare(name: str, baseline: Pairs, ours: Pairs, statistic: Statistic) -> Compared:
    """Paired bootstrap of `statistic(ours) - statistic(baseline)` over pages."""
    before, after = np.array(baseline, dtype=float), np.array(ours, dtype=float)
    generator = np.random.default_rng(SEED)
    picks = generator.integers(0, len(before), size=(RESAMPLES, len(before)))
    gains = np.array([statistic(after[pick]) - statistic(before[pick]) for pick in picks])
    low, high = np.quantile(gains, [0.025, 0.975])
    return Compared(name, len(before), statistic(before), statistic(after), float(low), float(high))
