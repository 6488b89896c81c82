"""Fits `data/calibration.json`: `python -m services.tagger.make_calibration open.jsonl.gz`.

Reads rows `set, kind, lang, docid, text`, judges every headline and paragraph of the translated news set (`ntrex`) and
fits a logistic regression of "the label was right" over `calibration.FEATURES`. A third of the texts is judged a second
time with a declared language (right in 95 %). Languages with much news weigh four times: confidence has to be right
where most articles are. Sixteen numbers leave the data; no text does.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator

import msgspec
import numpy as np

from services.tagger import calibration
from services.tagger.judge import Tools, judge
from services.tagger.labels import log_prior
from services.tagger.priors import STRONG
from services.tagger.settings import TaggerSettings
from services.tagger.work import load_tools

HEAVY = 4.0  # weight of a text in a language with much news
RIDGE = 1e-4
STEPS = 60  # of Newton's method; it has converged long before


class Row(msgspec.Struct):
    set: str
    kind: str
    lang: str
    docid: str
    text: str


def cases(rows: list[Row], tools: Tools) -> Iterator[tuple[list[float], bool, float]]:
    """(features, right, weight) of every judgement that had a vote."""
    known = [label for label in tools.pool.labels if log_prior(label) == 0]
    for row in rows:
        chance = int.from_bytes(hashlib.blake2b((row.lang + row.text).encode(), digest_size=4).digest(), "big")
        declared = [{}, {row.lang if chance % 20 else known[chance % len(known)]: STRONG}] if chance % 3 == 0 else [{}]
        for weights in declared:
            found = judge(row.text, weights, tools)
            if found.features is not None:
                yield found.features, found.label == row.lang, HEAVY if log_prior(row.lang) == 0 else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m services.tagger.make_calibration", description=__doc__)
    parser.add_argument("rows", help="gzipped JSON lines")
    options = parser.parse_args()
    decoder = msgspec.json.Decoder(Row)
    with gzip.open(options.rows) as lines:
        rows = [row for line in lines if (row := decoder.decode(line)).set == "ntrex" and row.kind in ("head", "para")]
    found = list(cases(rows, load_tools(TaggerSettings())))
    x = np.array([features for features, _, _ in found])
    y = np.array([right for _, right, _ in found], dtype=float)
    w = np.array([weight for _, _, weight in found])
    beta = np.zeros(x.shape[1])
    ridge = RIDGE * w.sum() * np.diag(x.var(0))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (w * (y - p)) - ridge @ beta
        curve = (x * (w * p * (1 - p))[:, None]).T @ x + ridge + 1e-6 * np.eye(len(beta))
        beta += np.linalg.solve(curve, slope)
    weights = {name: round(float(value), 4) for name, value in zip(calibration.FEATURES, beta, strict=True)}
    calibration.FILE.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
