"""`python -m tests.bench.entities`: English entities beside spaCy's small pipeline.

Articles per CPU second of one thread. Both read the same articles of `../shared/data` in turns of twenty, so that
whatever else the machine does slows both; no article is read twice by either. A worker lives for ten thousand
documents, so others than those measured warm both up: WikiGold, UNER and 60 articles. What counts is the ratio.

`make bench` installs spaCy from `requirements/bench.txt` into an environment of its own. Its `en_core_web_sm` 3.8 is
not on the package index. Where it is not installed, a pipeline of the architecture that its `config.cfg` publishes
stands in: `ner` alone with its own token-to-vector layer (MultiHashEmbed of NORM, PREFIX, SUFFIX and SHAPE with 5000,
1000, 2500 and 2500 rows, width 96; MaxoutWindowEncoder of depth 4, window 1 and 3 pieces; TransitionBasedParser of
width 64 and 2 pieces; 18 labels), initialised and not trained. It names nothing, and per token the same matrices are
multiplied. Tagger, parser and lemmatizer, which a plain `spacy.load("en_core_web_sm")` runs too, are left out of
either, in spaCy's favour.
"""

import gc
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS")
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before numpy and thinc are imported

from services.enricher import entities, gazetteer, lexicon, scan, sequence  # noqa: E402
from services.enricher.build import corpora  # noqa: E402
from tests.quality import entity_gold  # noqa: E402

ARCHIVE = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "entities" / "entities.tar.gz"
WARM_UP, TURN = 60, 20  # articles
ONTONOTES = (
    "CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PERSON PRODUCT QUANTITY TIME "
    "WORK_OF_ART"
).split()
LEFT_OUT = ["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]  # `ner` has vectors of its own
TOK2VEC = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": [5000, 1000, 2500, 2500],
        "include_static_vectors": False,
    },
    "encode": {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 96,
        "depth": 4,
        "window_size": 1,
        "maxout_pieces": 3,
    },
}
NER = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "nO": None,
    "tok2vec": TOK2VEC,
}


def ours() -> Callable[[str], object]:
    """The enricher's mentions of an English text."""
    places, lists = gazetteer.load(), lexicon.load()
    model, scanner = sequence.Model(entities.ENGLISH_MODEL), scan.load(places)
    return lambda text: entities.mentions(text, [(0, len(text))], "en", places, lists, model, scanner)


def theirs() -> tuple[str, Any]:
    """What it is, and a spaCy pipeline that recognises entities and does nothing else.

    Raises:
        ImportError: spaCy is not installed.
    """
    import spacy

    try:
        return "spaCy small, trained", spacy.load("en_core_web_sm", exclude=LEFT_OUT)
    except OSError:
        pipeline = spacy.blank("en")
        recogniser: Any = pipeline.add_pipe("ner", config={"model": NER})
        for label in ONTONOTES:
            recogniser.add_label(label)
        pipeline.initialize()
        return "spaCy small, untrained", pipeline


def seconds(work: Callable[[str], object], texts: list[str]) -> float:
    """CPU seconds for all texts."""
    started = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - started


def main() -> int:
    if not ARCHIVE.is_file():
        print("entities: no ../shared/data, nothing to read", file=sys.stderr)
        return 0
    texts = [article.text for article in entity_gold.newswire(ARCHIVE)]
    contestants: dict[str, Callable[[str], object]] = {"the enricher": ours()}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            contestants.update([theirs()])
    except ImportError:
        print("spaCy is not installed: pip install --require-hashes -r requirements/bench.txt", file=sys.stderr)
    gc.collect()
    gc.freeze()  # as a worker does once it is ready; so that neither pays for looking through the other's tables
    others = corpora.load(ARCHIVE)
    warm = [document.text for name in ("wikigold", "uner") for document in others[name]] + texts[-WARM_UP:]
    texts = texts[:-WARM_UP]
    del others  # nor for the labels of the gold
    for work in contestants.values():
        seconds(work, warm)
    spent = dict.fromkeys(contestants, 0.0)
    for first in range(0, len(texts), TURN):
        for name, work in contestants.items():
            spent[name] += seconds(work, texts[first : first + TURN])
    print(f"{'entities, English':<26}{'articles':>9}{'per CPU s':>11}{'CPU ms':>9}{'ratio':>8}")
    last = list(spent.values())[-1] if len(spent) > 1 else 0.0
    for name, cost in spent.items():
        ratio = f"{last / cost:8.1f}" if last else "       -"
        print(f"{name:<26}{len(texts):>9}{len(texts) / cost:>11.1f}{cost / len(texts) * 1000:>9.2f}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
