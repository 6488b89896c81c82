"""Does a confidence of .9 mean right nine times in ten? Expected calibration error over equal-mass bins.

Guo et al., On Calibration of Modern Neural Networks, 2017, with bins of equal mass.
"""

from collections.abc import Sequence

import numpy as np

BINS = 5
RESAMPLES = 500
SEED = 20260301


def error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence and share right over five bins of equal mass, weighted by their mass."""
    order = np.argsort(confidence, kind="stable")
    bins = np.array_split(order, BINS)
    return float(sum(len(b) * abs(confidence[b].mean() - right[b].mean()) for b in bins if len(b)) / len(order))


def with_interval(confidence: Sequence[float], right: Sequence[bool]) -> tuple[float, float, float]:
    """The error and its 95 % bootstrap interval over pages."""
    said, true = np.array(confidence, dtype=float), np.array(right, dtype=float)
    generator = np.random.default_rng(SEED)
    picks = generator.integers(0, len(said), size=(RESAMPLES, len(said)))
    low, high = np.quantile([error(said[pick], true[pick]) for pick in picks], [0.025, 0.975])
    return error(said, true), float(low), float(high)
