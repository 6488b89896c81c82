"""The vote: a log-linear pool of the backends that knows which language each backend can know.

score(l) = sum over backends of weight * log(p(l) + 0.01) + log prior. A label that a backend cannot answer with counts
as log 0.15, neither for nor against: without this, languages known to one backend only would never win. An answer that
CLD2 would not rely on counts a quarter. (Log-linear pooling: Genest and Zidek, 1986; the constants were chosen on the
open language set of `tests/quality`, see the README.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.tagger.bayes import Bayes, Floats
from services.tagger.cld2 import Cld2, best_effort, labels
from services.tagger.labels import log_prior
from services.tagger.writing import SHARED, possible

FLOOR = 0.01
NEUTRAL = 0.15
NEVER_FIRST = 0.7  # a label that py3langid cannot know stays behind its best one unless another backend names it
CLD2_WEIGHT = 0.6
CLD2_UNSURE_WEIGHT = 0.15
BARRED = np.float32(-30.0)  # a language that is not written in this script, or is known to cues only and has none
ZXX = "zxx"


@dataclass(frozen=True, slots=True)
class Vote:
    """Scores in the pool's label order, and what each backend said."""

    scores: Floats
    cld2: Cld2  # as asked first
    heard: Cld2  # what counted: the same, or its best effort where it was not sure
    bayes: Floats | None


class Pool:
    """The backends that this machine has, with their labels laid side by side.

    Args:
        bayes: the loaded py3langid model, or None where it is not installed.
        extra: labels that no backend knows but `cues` does; they stay barred until cues speak for them.
    """

    def __init__(self, bayes: Bayes | None, extra: frozenset[str] = frozenset()) -> None:
        self._bayes = bayes
        self.bayes_labels: tuple[str, ...] = bayes.labels if bayes else ()
        self.bayes_places = {label: place for place, label in enumerate(self.bayes_labels)}
        known_cld2 = labels()
        known = (set(self.bayes_labels) | known_cld2) - {ZXX}
        self.cue_labels = extra - known
        self.labels: tuple[str, ...] = (*sorted(known | extra), ZXX)
        self.index = {label: number for number, label in enumerate(self.labels)}
        self._place = np.array([self.index[label] for label in self.bayes_labels], dtype=np.intp)
        self._prior = np.array([log_prior(label) for label in self.labels], dtype=np.float32)
        floor = [np.log(FLOOR) if label in known_cld2 else np.log(NEUTRAL) for label in self.labels]
        self._cld2_rest = np.array(floor, dtype=np.float32)
        self._barred = {script: self._not_in(script) for script in (*SHARED, "Latn")}

    def _not_in(self, script: str) -> NDArray[np.bool_]:
        return np.array([label != ZXX and not possible(label, script) for label in self.labels])

    def vote(self, text: str, script: str, seen: Cld2) -> Vote:
        """What the backends say about `text`, mostly written in `script`, taken together; `seen` is CLD2's answer."""
        scores = self._prior.copy()
        probabilities = None
        if self._bayes is not None:
            probabilities = self._bayes.probabilities(text)
            neutral = np.log(min(NEUTRAL, NEVER_FIRST * float(probabilities.max())))
            logs = np.full(len(scores), neutral, dtype=np.float32)
            logs[self._place] = np.log(probabilities + FLOOR)
            scores += logs
        heard, weight = (seen, CLD2_WEIGHT) if seen.reliable else (best_effort(text), CLD2_UNSURE_WEIGHT)
        if heard.shares:
            scores += np.float32(weight) * self._cld2_rest
            for label, share in heard.shares:
                if (place := self.index.get(label)) is not None:
                    scores[place] += np.float32(weight) * (np.log(share + FLOOR) - self._cld2_rest[place])
        if (barred := self._barred.get(script)) is not None:
            scores[barred] = BARRED
        return Vote(scores, seen, heard, probabilities)


def softmax(scores: Floats) -> Floats:
    """Scores as shares of one."""
    weights = np.exp(scores - scores.max())
    result: Floats = weights / weights.sum()
    return result


def log_sum(scores: Floats) -> float:
    """log of the sum of exp(scores), without overflow."""
    top = float(scores.max())
    return top + float(np.log(np.exp(scores - top).sum()))
