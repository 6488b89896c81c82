"""English entities by a linear-chain CRF (Lafferty et al. 2001) over words, word lists and what the rules say.

The model labels each token with begin or inside of a person, organisation or place, or none. Its features
(`features.py`) are the token and its neighbours, their shapes and endings, their entries in the word lists and
gazetteer, how the same word is written elsewhere in the article, and the answer of the rules (`capitals.py`), which
the model learns when to trust. Trained by `services.enricher.build.model`; its card is `data/model.md`.
"""

from collections.abc import Iterator
from pathlib import Path

import pycrfsuite

from services.enricher.features import LETTER, featured
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Mention

KIND = {letter: kind for kind, letter in LETTER.items()}


class Model:
    """A trained tagger. Loaded once per worker; the file is read by the library itself."""

    def __init__(self, file: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(file))

    def recognise(self, text: str, start: int, end: int, gazetteer: Gazetteer, lexicon: Lexicon) -> Iterator[Mention]:
        """Mentions in `text[start:end]`, in order; the score is the mean marginal probability of the labels."""
        for sentence in featured(text, start, end, gazetteer, lexicon):
            labels = self._tagger.tag(sentence.features)
            for first, last in spans(labels):
                chances = [self._tagger.marginal(labels[at], at) for at in range(first, last)]
                left, right = sentence.tokens[first].start, sentence.tokens[last - 1].end
                yield Mention(left, right, KIND[labels[first][2]], text[left:right], sum(chances) / len(chances))


def spans(labels: list[str]) -> Iterator[tuple[int, int]]:
    """(first, past the last) token of each labelled run."""
    start: int | None = None
    for index, label in enumerate([*labels, "-"]):
        if start is not None and (label[0] != "I" or label[2] != labels[start][2]):
            yield start, index
            start = None
        if start is None and label[0] in "BI":
            start = index
