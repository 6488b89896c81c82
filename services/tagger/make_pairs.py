"""Makes the tables of `pairs.py`: `python -m services.tagger.make_pairs open.jsonl.gz [--check]`.

Reads rows `set, lang, docid, text` and uses those with `set` = `dsl` only (DSL Corpus Collection, CC0). Two
naive Bayes models (n-grams; words) give out-of-fold scores; a multinomial logistic regression weighs these, the stems
and the libraries' leanings against each other; the naive Bayes weights are multiplied in and the small ones dropped.
`--check` prints the macro-F1 of a cross-validation over documents instead of writing anything.
"""

import argparse
import gzip
import sys
from collections import Counter
from collections.abc import Sequence
from math import sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.tagger.cld2 import best_effort, cld2
from services.tagger.pairs import DATA, GROUPS, MOST, SCALE, Pair, grams, leanings
from services.tagger.work import load_bayes

FOLDS = 5
SMOOTHING_GRAMS, SMOOTHING_WORDS = 0.05, 0.1
SEEN_IN = 2  # documents at least
KEPT = 14_000  # features
RIDGE = 0.003
Matrix = NDArray[np.float64]


class Row(msgspec.Struct):
    set: str
    lang: str
    docid: str
    text: str


class Sample(msgspec.Struct):
    """One document as features."""

    label: int
    size: float
    grams: list[str]
    dense: list[float]


def samples(rows: Sequence[Row], name: str) -> list[Sample]:
    labels, bayes = GROUPS[name], load_bayes()
    found = []
    for row in rows:
        if row.set != "dsl" or row.lang not in labels:
            continue
        seen = cld2(row.text)
        heard = seen if seen.reliable else best_effort(row.text)
        known = dict(zip(bayes.labels, bayes.probabilities(row.text).tolist(), strict=True)) if bayes else {}
        dense = leanings(row.text, name, heard, known)
        size = sqrt(max(20, min(len(row.text), MOST)))
        found.append(Sample(labels.index(row.lang), size, sorted(grams(row.text)), dense))
    return found


def bayes_weights(train: Sequence[Sample], classes: int) -> dict[str, Matrix]:
    """log P(feature | class), centred over the classes, for n-grams and words apart."""
    counts: dict[str, Matrix] = {}
    documents: Counter[str] = Counter()
    for sample in train:
        documents.update(sample.grams)
    totals = {True: np.zeros(classes), False: np.zeros(classes)}
    for sample in train:
        for gram in sample.grams:
            if documents[gram] >= (1 if gram[0] == "=" else SEEN_IN):
                counts.setdefault(gram, np.zeros(classes))[sample.label] += 1
                totals[gram[0] == "="][sample.label] += 1
    sizes = Counter(gram[0] == "=" for gram in counts)
    weights = {}
    for gram, count in counts.items():
        word = gram[0] == "="
        smoothing = SMOOTHING_WORDS if word else SMOOTHING_GRAMS
        logs = np.log((count + smoothing) / (totals[word] + smoothing * sizes[word]))
        weights[gram] = logs - logs.mean()
    return weights


def columns(some: Sequence[Sample], weights: dict[str, Matrix], classes: int) -> Matrix:
    """Per sample: n-gram scores and word scores (each over the root of the length), then the leanings."""
    rows = []
    for sample in some:
        scores = {True: np.zeros(classes), False: np.zeros(classes)}
        for gram in sample.grams:
            if gram in weights:
                scores[gram[0] == "="] += weights[gram]
        rows.append([*scores[False] / sample.size, *scores[True] / sample.size, *sample.dense])
    return np.array(rows)


def regression(features: Matrix, labels: Sequence[int], classes: int) -> tuple[Matrix, Matrix]:
    """Weights (feature x class) and bias of a ridge multinomial logistic regression, by gradient descent."""
    mean, spread = features.mean(0), features.std(0) + 1e-6
    x, y = (features - mean) / spread, np.eye(classes)[list(labels)]
    weights, bias = np.zeros((x.shape[1], classes)), np.zeros(classes)
    for _ in range(3_000):
        scores = x @ weights + bias
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        error = (shares - y) / len(x)
        weights -= 0.5 * (x.T @ error + RIDGE * weights)
        bias -= 0.5 * error.sum(0)
    scaled = weights / spread[:, None]
    return scaled, bias - mean @ scaled


def fitted(train: Sequence[Sample], name: str) -> Pair:
    """The model from the training documents."""
    classes = len(GROUPS[name])
    fold = np.arange(len(train)) % FOLDS
    features = np.zeros((len(train), 2 * classes + len(train[0].dense)))
    for part in range(FOLDS):
        rest = [sample for sample, at in zip(train, fold, strict=True) if at != part]
        held = [sample for sample, at in zip(train, fold, strict=True) if at == part]
        features[fold == part] = columns(held, bayes_weights(rest, classes), classes)
    weights, bias = regression(features, [sample.label for sample in train], classes)
    mixed = {
        gram: row @ weights[classes : 2 * classes] if gram[0] == "=" else row @ weights[:classes]
        for gram, row in bayes_weights(train, classes).items()
    }
    strongest = sorted(mixed, key=lambda gram: (-np.abs(mixed[gram] - mixed[gram].mean()).max(), gram))[:KEPT]
    sparse = {
        gram: tuple(int(v) for v in np.round(SCALE * (mixed[gram] - mixed[gram].mean()))) for gram in sorted(strongest)
    }
    return Pair(name, bias.astype(np.float32), weights[2 * classes :].astype(np.float32), sparse)


def score(pair: Pair, sample: Sample) -> int:
    rows = [pair.sparse[gram] for gram in sample.grams if gram in pair.sparse]
    total = np.array(rows).sum(0) if rows else np.zeros(len(pair.labels))
    scores = pair.bias + total / SCALE / sample.size + np.array(sample.dense) @ pair.dense
    return int(scores.argmax())


def check(found: Sequence[Sample], name: str) -> float:
    """Macro-F1 of a cross-validation with the very models that would be written."""
    said = np.zeros(len(found), dtype=int)
    fold = np.array([(7 * n) % 11 % FOLDS for n in range(len(found))])
    for part in range(FOLDS):
        pair = fitted([sample for sample, at in zip(found, fold, strict=True) if at != part], name)
        for n in np.flatnonzero(fold == part).tolist():
            said[n] = score(pair, found[n])
    true = np.array([sample.label for sample in found])
    both = [((said == c) & (true == c)).sum() for c in range(len(GROUPS[name]))]
    return float(np.mean([2 * both[c] / ((said == c).sum() + (true == c).sum()) for c in range(len(GROUPS[name]))]))


def write(pair: Pair, name: str) -> None:
    lines = [
        f"# {name}: made by services/tagger/make_pairs.py from the DSL Corpus Collection (CC0)",
        "# feature, then a weight in thousandths for each of: " + " ".join(pair.labels),
        "\t".join([":bias", *(f"{value:.5f}" for value in pair.bias)]),
        *("\t".join([":leaning", *(f"{value:.5f}" for value in row)]) for row in pair.dense),
        *("\t".join([gram.replace(" ", "_"), *map(str, row)]) for gram, row in pair.sparse.items()),
    ]
    (DATA / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m services.tagger.make_pairs", description=__doc__)
    parser.add_argument("rows", help="gzipped JSON lines")
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    options = parser.parse_args()
    decoder = msgspec.json.Decoder(Row)
    with gzip.open(options.rows) as lines:
        rows = [decoder.decode(line) for line in lines]
    for name in GROUPS:
        found = samples(rows, name)
        if options.check:
            sys.stdout.write(f"{name}: {len(found)} documents, macro-F1 {check(found, name):.4f}\n")
        else:
            write(fitted(found, name), name)


if __name__ == "__main__":
    main()
