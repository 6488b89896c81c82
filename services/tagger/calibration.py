"""From scores to a confidence that means what it says: of the texts at 0.9, nine in ten are right.

A logistic regression over what the vote looked like; `make_calibration.py` fits its weights on the open language set
(Platt 1999, with more than one feature).
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

from services.tagger.bayes import Floats
from services.tagger.labels import log_prior
from services.tagger.pool import Pool, Vote
from services.tagger.scripts import Scripts

FILE = Path(__file__).parent / "data" / "calibration.json"
FEATURES = (
    "intercept", "margin", "small_margin", "margin_by_length", "score", "bayes_first", "bayes_log", "cld2_says_so",
    "cld2_says_other", "both_agree", "log_letters", "prior", "by_cues_only", "lower_words", "no_lower_word",
    "cld2_score", "declared", "other_declared",
)  # fmt: skip
ENOUGH_WORDS = 4  # that do not start with a capital
_WORDS = re.compile(r"[^\W\d_]{2,}")


def features(
    text: str, scores: Floats, best: int, vote: Vote, pool: Pool, seen: Scripts, declared: Mapping[str, float]
) -> list[float]:
    """What the confidence is computed from, all about the winning label, in the order of `FEATURES`.

    Margins in nats to the runner-up; `lower_words` grows with the words that do not start with a capital (names tell
    little about the language around them); in scripts without capitals all do.
    """
    label = pool.labels[best]
    mine = float(scores[best])
    rest = scores.copy()
    rest[best] = -1e9
    margin = min(mine - float(rest.max()), 8.0)
    first = probability = 0.0
    if vote.bayes is not None:
        first = float(pool.bayes_labels[int(vote.bayes.argmax())] == label)
        place = pool.bayes_places.get(label)
        probability = 0.0 if place is None else float(vote.bayes[place])
    said = vote.cld2.shares[0][0] if vote.cld2.reliable else ""
    words = _WORDS.findall(text[:400])
    lower = min(sum(not word[0].isupper() for word in words), ENOUGH_WORDS) / ENOUGH_WORDS
    length = min(seen.letters, 400)
    return [
        1.0,
        margin,
        min(margin, 2.0),
        margin * math.sqrt(length) / 10,
        max(mine, -8.0),
        first,
        math.log(probability + 0.003),
        float(said == label),
        float(said not in ("", label)),
        first * float(said == label),
        math.log(max(length, 1)),
        log_prior(label),
        float(label in pool.cue_labels),
        lower,
        float(lower == 0),
        min(vote.cld2.score, 1500.0) / 1000 * float(said == label),
        float(label in declared),
        float(bool(declared) and label not in declared),
    ]


def read() -> tuple[float, ...]:
    """The weights, in the order of `FEATURES`."""
    weights = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(float(weights[name]) for name in FEATURES)


def confidence(found: list[float], weights: tuple[float, ...]) -> float:
    """P(the winning label is right)."""
    x = sum(weight * value for weight, value in zip(weights, found, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
