"""One text in, one judgement out: script rules, the vote, cues and pair models, then what was declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.tagger import calibration, priors
from services.tagger.bayes import Floats
from services.tagger.cld2 import cld2
from services.tagger.cues import Table, weigh
from services.tagger.fast import CONFIDENCE, certain
from services.tagger.pairs import Pair
from services.tagger.pool import ZXX, Pool, Vote, log_sum
from services.tagger.scripts import NONE, Scripts, scripts
from services.tagger.settings import TaggerSettings
from services.tagger.writing import SOLE, guess

Status = Literal["ok", "low", "mixed", "und", "zxx"]
SOLE_CONFIDENCE = 0.995


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything loaded once: backends, cue table, pair models, settings."""

    pool: Pool
    cues: Table
    second: Mapping[str, Pair]  # label -> the second-stage model of its group
    calibration: tuple[float, ...]
    settings: TaggerSettings


@dataclass(frozen=True, slots=True)
class Judgement:
    """The language of one text. `vote` is None where nobody was asked; `label` is `und` without evidence."""

    label: str
    confidence: float
    status: Status
    scripts: Scripts
    vote: Vote | None = None
    scores: Floats | None = None
    features: list[float] | None = None


def enough(seen: Scripts, settings: TaggerSettings) -> bool:
    """Whether the text has the letters to tell a language by."""
    return seen.letters >= (settings.tagger_min_letters_dense if seen.dense else settings.tagger_min_letters)


def _refined(text: str, vote: Vote, scores: Floats, tools: Tools) -> Floats:
    """The scores with the leading group's weight dealt out anew by its pair model, where it has one."""
    pair = tools.second.get(tools.pool.labels[int(scores.argmax())])
    if pair is None:
        return scores
    known = {} if vote.bayes is None else dict(zip(tools.pool.bayes_labels, vote.bayes.tolist(), strict=True))
    places = [tools.pool.index[label] for label in pair.labels]
    scores = scores.copy()
    scores[places] = log_sum(scores[places]) + pair.log_probabilities(text, vote.heard, known)
    return scores


def judge(text: str, weights: Mapping[str, float], tools: Tools, ask_all: bool = False) -> Judgement:
    """The language of `text`, given what was declared (label -> log weight, see `priors`).

    Args:
        ask_all: leave no backend out, also where script or CLD2 would be enough (to explain a decision).
    """
    seen = scripts(text)
    if seen.main == NONE:
        return Judgement("und", 0.0, "zxx" if seen.characters else "und", seen)
    if seen.main in SOLE and not (ask_all or seen.several) and enough(seen, tools.settings):
        return Judgement(SOLE[seen.main], SOLE_CONFIDENCE, "ok", seen)
    pool = tools.pool
    first = cld2(text)
    if not ask_all and (label := certain(text, first, tools.cues)) and enough(seen, tools.settings):
        return Judgement(label, CONFIDENCE, "ok", seen)
    vote = pool.vote(text, seen.main, first)
    scores = weigh(text, vote, pool, tools.cues)
    if seen.main == "Latn":
        scores = _refined(text, vote, scores, tools)
    scores = priors.add(scores, pool.index, weights)
    scores[pool.index[ZXX]] = -np.inf
    best = int(scores.argmax())
    features = calibration.features(text, scores, best, vote, pool, seen, weights)
    label, sure = pool.labels[best], calibration.confidence(features, tools.calibration)
    if not vote.heard.shares and (vote.bayes is None or vote.bayes.max() < 2 / len(vote.bayes)) and not weights:
        label, sure = guess(seen.main) or label, min(sure, 0.5)  # nobody has anything to say
    if not enough(seen, tools.settings):
        return Judgement(label, min(sure, 0.5), "low", seen, vote, scores, features)
    status: Status = "ok" if sure >= tools.settings.tagger_ok_confidence else "low"
    if seen.several:  # by turns in several scripts: no one language
        sure, status = min(sure, 0.5), "mixed"
    return Judgement(label, sure, status, seen, vote, scores, features)
