"""The vote: a log-linear pool of the backends that knows which language each backend can know.

score(l) = sum over backends of weight * log(p(l) + 0.01). A label that a backend cannot answer with counts as
log 0.15, neither for nor against: without this, languages known to one backend only would never win. A backend that is
not sure of itself adds nothing. (Log-linear or "product of experts" pooling: Genest and Zidek, 1986; the constants were
chosen on a development sample of news headlines.)
"""

from dataclasses import dataclass

import numpy as np

from services.tagger.bayes import Bayes, Floats
from services.tagger.cld2 import Cld2, cld2, labels
from services.tagger.labels import IN_THE_NEWS

FLOOR = 0.01
NEUTRAL = 0.15
NEVER_FIRST = 0.7  # a label that py3langid cannot know stays behind its best one unless CLD2 names it
WEIGHT_BAYES = 1.0
WEIGHT_CLD2 = 0.6
RARE = -1.5  # log weight against a language that no news medium is known to publish in
ZXX = "zxx"


@dataclass(frozen=True, slots=True)
class Vote:
    """Scores in the pool's label order, and what each backend said."""

    scores: Floats
    cld2: Cld2
    bayes: Floats | None


class Pool:
    """The backends that this machine has, with their labels laid side by side."""

    def __init__(self, bayes: Bayes | None) -> None:
        self._bayes = bayes
        known_bayes = bayes.labels if bayes else ()
        self.bayes_labels = known_bayes
        known_cld2 = labels()
        self.labels: tuple[str, ...] = (*sorted((set(known_bayes) | known_cld2) - {ZXX}), ZXX)
        self.index = {label: number for number, label in enumerate(self.labels)}
        self._place = np.array([self.index[label] for label in known_bayes], dtype=np.intp)
        self._prior = np.array([0.0 if label in IN_THE_NEWS else RARE for label in self.labels], dtype=np.float32)
        rest = [np.log(FLOOR) if label in known_cld2 else np.log(NEUTRAL) for label in self.labels]
        self._cld2_rest = (WEIGHT_CLD2 * np.array(rest)).astype(np.float32)

    def vote(self, text: str) -> Vote:
        """What the backends say about `text`, taken together."""
        seen = cld2(text)
        if self._bayes is None:
            scores = np.zeros(len(self.labels), dtype=np.float32)
            probabilities = None
        else:
            probabilities = self._bayes.probabilities(text)
            neutral = min(NEUTRAL, NEVER_FIRST * float(probabilities.max()))
            scores = np.full(len(self.labels), WEIGHT_BAYES * np.log(neutral), dtype=np.float32)
            scores[self._place] = WEIGHT_BAYES * np.log(probabilities + FLOOR)
        if seen.shares and (seen.reliable or self._bayes is None):
            scores += self._cld2_rest
            for label, share in seen.shares:
                place = self.index.get(label)
                if place is not None:
                    scores[place] += WEIGHT_CLD2 * np.log(share + FLOOR) - self._cld2_rest[place]
        return Vote(scores + self._prior, seen, probabilities)


def softmax(scores: Floats) -> Floats:
    """Scores as shares of one."""
    weights = np.exp(scores - scores.max())
    result: Floats = weights / weights.sum()
    return result
