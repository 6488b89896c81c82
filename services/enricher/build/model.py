"""`python -m services.enricher.build.model DATA`: trains the English entity model, `data/english.crf`.

From the openly licensed sets of DATA/entities (UNER-EWT, WikiGold, WNUT17, BTC) and from passages of our own writing
filled with names (`passages.py`). WikiGold is the nearest to news and counts twice. `worldwide-newswire-dev` is for
measuring only and is not read here. One minute on one core; the same input gives the same bytes.
"""

import sys
from pathlib import Path

import pycrfsuite

from services.enricher import features, gazetteer, lexicon
from services.enricher.build import corpora, passages
from services.enricher.build.corpora import Document

OUT = Path(__file__).parent.parent / "data" / "english.crf"
WEIGHTS = {"uner": 1, "wikigold": 2, "wnut17": 1, "btc": 1}  # how often each set is read
PASSAGES, SEED = 10, 7
PARAMETERS = {"c1": 0.3, "c2": 0.3, "max_iterations": 60, "feature.minfreq": 2}


def labels(stretch: features.Stretch, spans: list[tuple[int, int, str]]) -> list[str]:
    """`B-P`, `I-P` ... for the tokens of a stretch, `-` for those that are part of no name."""
    found = []
    for token in stretch.tokens:
        around = next((span for span in spans if span[0] <= token.start < span[1]), None)
        found.append("-" if around is None else ("B-" if token.start == around[0] else "I-") + around[2])
    return found


def main(data: Path) -> None:
    places, lists = gazetteer.load(), lexicon.load()
    sets = corpora.load(data / "entities" / "entities.tar.gz")
    documents: list[Document] = [one for name, times in WEIGHTS.items() for one in sets[name] * times]
    documents += passages.load(PASSAGES, SEED, places, lists)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for document in documents:
        for stretch in features.featured(document.text, 0, len(document.text), places, lists):
            first, last = stretch.tokens[0].start, stretch.tokens[-1].end
            inside = [span for span in document.spans if span[0] < last and first < span[1]]
            trainer.append(stretch.features, labels(stretch, inside))
    trainer.train(str(OUT))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
