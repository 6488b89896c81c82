"""Figures of merit of a language tagger, each with a bootstrap over documents."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 400
SEED = 20261122
Floats = NDArray[np.float64]


def draws(docids: Sequence[str]) -> Floats:
    """Row weights of each bootstrap draw: documents drawn with replacement, all rows of a document together."""
    names = {name: number for number, name in enumerate(dict.fromkeys(docids))}
    of = np.array([names[name] for name in docids])
    random = np.random.default_rng(SEED)
    counts = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    return counts[:, of].astype(float)


def macro_f1(gold: Sequence[str], said: Sequence[str], weights: Floats | None = None) -> float:
    """Mean F1 over the gold languages, every language given the same mass, so that no set is weighed by its size."""
    labels = {label: number for number, label in enumerate(dict.fromkeys(gold))}
    true = np.array([labels[label] for label in gold])
    guess = np.array([labels.get(label, len(labels)) for label in said])
    weight = np.ones(len(gold)) if weights is None else weights
    mass = np.bincount(true, weight, len(labels))
    weight = weight / np.maximum(mass, 1e-9)[true]
    right = np.bincount(true, weight * (true == guess), len(labels))
    claimed = np.bincount(guess, weight, len(labels) + 1)[:-1]
    present = mass > 0
    return float((2 * right / np.maximum(1 + claimed, 1e-9))[present].mean())


def interval(docids: Sequence[str], measure: Callable[[Floats], float]) -> tuple[float, float]:
    """The 95 % percentile interval of `measure` (which takes row weights) over the draws."""
    values = [measure(weights) for weights in draws(docids)]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def coverage(confidence: Floats, right: NDArray[np.bool_], precision: float = 0.99) -> float:
    """The largest share of texts, most confident first, whose answers are right to that precision."""
    order = np.argsort(-confidence, kind="stable")
    running = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= precision)
    return float((enough[-1] + 1) / len(order)) if len(enough) else 0.0


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error over bins of equal mass."""
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [abs(confidence[part].mean() - right[part].mean()) * len(part) for part in parts if len(part)]
    return float(sum(gaps) / len(order))
