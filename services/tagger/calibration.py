"""From scores to a confidence that means what it says: of the texts at 0.9, nine in ten are right."""

import math
from collections.abc import Mapping

from services.tagger.bayes import Floats
from services.tagger.pool import Pool, Vote
from services.tagger.scripts import Scripts

INTERCEPT = 0.0


def features(
    scores: Floats, best: int, vote: Vote, pool: Pool, seen: Scripts, weights: Mapping[str, float]
) -> list[float]:
    """What the confidence is computed from, all about the winning label.

    Margin to the runner-up (nats, at most 8), its own score, whether py3langid put it first and with which probability,
    whether CLD2 named it reliably, or named another, the root of the letters (at most 400), whether it was declared.
    """
    label = pool.labels[best]
    mine = float(scores[best])
    rest = scores.copy()
    rest[best] = -1e9
    margin = mine - float(rest.max())
    bayes_first = bayes_p = 0.0
    if vote.bayes is not None:
        top = int(vote.bayes.argmax())
        bayes_first = float(pool.bayes_labels[top] == label)
        bayes_p = float(vote.bayes[pool.bayes_labels.index(label)]) if label in pool.bayes_labels else 0.0
    said = vote.cld2.shares[0][0] if vote.cld2.reliable and vote.cld2.shares else ""
    return [
        min(margin, 8.0),
        max(mine, -8.0),
        bayes_first,
        bayes_p,
        float(said == label),
        float(said not in ("", label)),
        math.sqrt(min(seen.letters, 400)) / 10,
        float(label in weights),
    ]


WEIGHTS = (1.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def confidence(scores: Floats, best: int, vote: Vote, pool: Pool, seen: Scripts, weights: Mapping[str, float]) -> float:
    """P(the winning label is right), by a logistic regression over `features`."""
    x = INTERCEPT + sum(w * f for w, f in zip(WEIGHTS, features(scores, best, vote, pool, seen, weights), strict=True))
    return 1 / (1 + math.exp(-x))
