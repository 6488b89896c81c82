"""py3langid as a voter: naive Bayes over byte n-grams, the best single library on headlines.

Lui and Baldwin, "langid.py: An off-the-shelf language identification tool" (ACL 2012), retrained by A. Barbaresi; the
model is in the package (BSD-3). Its automaton walks every byte in Python, so callers cut their text.
"""

import math

import numpy as np
from numpy.typing import NDArray

from services.tagger.labels import folded

try:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier
except ImportError:  # the tagger says so once at start
    LanguageIdentifier = None

AVAILABLE = LanguageIdentifier is not None
SHARPNESS = 1.6
Floats = NDArray[np.float32]


class Bayes:
    """The loaded model: immutable after construction."""

    def __init__(self) -> None:
        self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
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
