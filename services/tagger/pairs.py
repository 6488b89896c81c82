"""Second opinions inside groups that every library confuses: Bosnian, Croatian and Serbian; Indonesian and Malay.

A linear model over what the text shows: character n-grams (3 to 6, within words) and whole words, stems of our own
writing, and the libraries' own leanings. `make_pairs.py` makes the tables under `data/` from the newspaper excerpts of
the DSL Corpus Collection (Tan, Zampieri, Ljubešić, Tiedemann 2014), which are CC0, and from nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np

from services.tagger.bayes import Floats
from services.tagger.cld2 import Cld2

DATA = Path(__file__).parent / "data"
GROUPS = {"hr-sr-bs": ("bs", "hr", "sr"), "id-ms": ("id", "ms")}
LESS = {"bs": -0.3}  # log weight of a language with fewer readers than its neighbours
MOST = 1_000  # code points of a text that are looked at
SHORTEST, LONGEST = 3, 6  # character n-grams
SCALE = 1000  # weights in the tables are thousandths
_WORD = re.compile(r"[^\W\d_]+")


def grams(text: str) -> set[str]:
    """The features of a text: its n-grams with word edges as spaces, and each word as `=word`."""
    found: set[str] = set()
    for word in set(_WORD.findall(text[:MOST].lower())):
        found.add("=" + word)
        edged = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            found.update(edged[i : i + size] for i in range(len(edged) - size + 1))
    return found


@cache
def _stems() -> dict[str, tuple[re.Pattern[str], ...]]:
    """The stem features of each model."""
    parts: dict[str, list[re.Pattern[str]]] = {}
    for line in (DATA / "stems.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            current = parts.setdefault(line[2:], [])
        elif line and not line.startswith("#"):
            stems = line.split()[1:]
            current.append(re.compile("|".join(re.escape(stem).replace(r"\|", r"\b") for stem in stems)))
    return {name: tuple(patterns) for name, patterns in parts.items()}


def leanings(text: str, name: str, heard: Cld2, bayes: Mapping[str, float]) -> list[float]:
    """The dense features of a model: stems found (at most 14 of a kind), and how CLD2 and py3langid lean in its group.

    Args:
        bayes: py3langid's probability of each label; empty where it is not installed.
    """
    lower = text[:MOST].lower()
    stems = [min(14.0, float(len(pattern.findall(lower)))) for pattern in _stems()[name]]
    shares = dict(heard.shares)
    weight = 1.0 if heard.reliable else 0.5
    logs = np.log(np.array([bayes.get(label, 0.0) for label in GROUPS[name]]) + 1e-6)
    centred = logs - logs.mean()
    return [*stems, *(weight * shares.get(label, 0.0) for label in GROUPS[name]), *np.clip(centred, -6, 6).tolist()]


@dataclass(frozen=True, slots=True)
class Pair:
    """A loaded model: weights per feature and label, in the order of the group's labels."""

    name: str
    bias: Floats
    dense: Floats  # one row per leaning
    sparse: dict[str, tuple[int, ...]]  # thousandths

    @property
    def labels(self) -> tuple[str, ...]:
        return GROUPS[self.name]

    @property
    def prior(self) -> Floats:
        """Log weights before anything is read: the training set is balanced, the world's news is not."""
        return np.array([LESS.get(label, 0.0) for label in self.labels], dtype=np.float32)

    def log_probabilities(self, text: str, heard: Cld2, bayes: Mapping[str, float]) -> Floats:
        """log P(label | the text is in one of `labels`)."""
        rows = [row for gram in grams(text) if (row := self.sparse.get(gram)) is not None]
        total = np.array(rows, dtype=np.float32).sum(0) / SCALE if rows else np.zeros(len(self.labels), np.float32)
        scores = self.bias + total / sqrt(max(20, min(len(text), MOST)))
        scores = scores + self.prior + np.array(leanings(text, self.name, heard, bayes), dtype=np.float32) @ self.dense
        top = scores.max()
        result: Floats = scores - top - np.log(np.exp(scores - top).sum())
        return result


def read(name: str) -> Pair:
    """The model of one of `GROUPS`."""
    labels = GROUPS[name]
    sparse: dict[str, tuple[int, ...]] = {}
    dense: list[list[float]] = []
    bias = [0.0] * len(labels)
    for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        key, *values = line.split("\t")
        if key.startswith("#"):
            continue
        if key == ":bias":
            bias = [float(value) for value in values]
        elif key.startswith(":leaning"):
            dense.append([float(value) for value in values])
        else:
            sparse[key.replace("_", " ")] = tuple(int(value) for value in values)
    return Pair(name, np.array(bias, np.float32), np.array(dense, np.float32), sparse)
