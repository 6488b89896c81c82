"""py3langid as a voter: naive Bayes over byte n-grams, the best single library on headlines.

Lui and Baldwin, "langid.py: An off-the-shelf language identification tool" (ACL 2012), retrained by A. Barbaresi; the
model is in the package (BSD-3). Its automaton walks every byte in Python, so callers cut their text.
"""

import math

import numpy as np
from numpy.typing import NDArray

from services.tagger import unpacked
from services.tagger.labels import folded

try:
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
except ImportError:  # the tagger says so once at start
    LanguageIdentifier = None

AVAILABLE = LanguageIdentifier is not None
SHARPNESS = 1.6
Floats = NDArray[np.float32]


class Bayes:
    """The loaded model: immutable after construction.

    Args:
        cache_dir: see `unpacked.load`.
    """

    def __init__(self, cache_dir: str = "") -> None:
        found = unpacked.load(MODEL_DIR / MODEL_FILE, cache_dir)
        self._model = LanguageIdentifier(
            np.asarray(found["ptc"]),
            np.asarray(found["pc"]),
            found["classes"].tolist(),
            memoryview(found["nextmove"]),  # plain ints one by one, as the walk wants them
            found["output"].tolist(),
            norm_probs=True,
            tk_row=found["row"].tolist(),
        )
        columns = [folded(label) for label in self._model.nb_classes]
        self.labels = tuple(dict.fromkeys(columns))
        self._fold = np.array([self.labels.index(label) for label in columns], dtype=np.intp)

    def probabilities(self, text: str) -> Floats:
        """P(label) in the order of `labels`; uniform where the text has no known feature.

        The scores are divided by the square root of the length in bytes, as py3langid does, which keeps the softmax
        comparable over lengths, and sharpened: the library's own confidence is too low.
        """
        data = self._model._encode(text)  # the library's own normalisation: NFC, capitals lowered
        scores = self._model._raw_score(data) * (SHARPNESS / math.sqrt(len(data) or 1))
        weights = np.exp(scores - scores.max())
        weights /= weights.sum()
        return np.bincount(self._fold, weights=weights, minlength=len(self.labels)).astype(np.float32)
