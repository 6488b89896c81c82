"""What was declared about the language before anyone read the text: priors, never truths.

Measured on 1,026 saved news pages: `<html lang>` is `en` on 37 of 195 pages that are not English (the content system's
default), any other value is wrong on 5 of 746; `og:locale` agrees on 98 %.
"""

import re
from collections.abc import Mapping

import numpy as np

from services.tagger.bayes import Floats
from services.tagger.labels import primary

# Added to the log score of the declared language: about the log odds that the declaration is right.
STRONG = 4.5
WEAK = 1.5
_WEIGHT = {"html": STRONG, "og": STRONG, "header": STRONG, "feed": STRONG, "hreflang": STRONG, "source": STRONG}
_CAP = 6.0  # two that agree count more than one; three tell no more than two
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*\Z")


def declared(declared_langs: Mapping[str, str], source_language: str = "") -> dict[str, float]:
    """Label -> log weight of everything that was declared; values that are no language tag are left out."""
    given = {**declared_langs, **({"source": source_language} if source_language else {})}
    weights: dict[str, float] = {}
    for origin in sorted(given):
        value = given[origin].strip()
        if not _TAG.match(value):
            continue
        label = primary(value)
        weight = WEAK if label == "en" and origin in ("html", "header") else _WEIGHT.get(origin, WEAK)
        weights[label] = min(_CAP, weights.get(label, 0.0) + weight)
    return weights


def add(scores: Floats, index: Mapping[str, int], weights: Mapping[str, float]) -> Floats:
    """The scores with the declared languages' weights added."""
    if not weights:
        return scores
    scores = scores.copy()
    for label, weight in weights.items():
        if label in index:
            scores[index[label]] += np.float32(weight)
    return scores
