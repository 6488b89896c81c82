"""One text in, one judgement out: script rules first, then the vote, then what was declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.tagger import priors
from services.tagger.bayes import Floats
from services.tagger.pool import ZXX, Pool, Vote, softmax
from services.tagger.scripts import NONE, Scripts, scripts
from services.tagger.settings import TaggerSettings

Status = Literal["ok", "low", "mixed", "und", "zxx"]

SHARPNESS = np.float32(2.0)  # pool scores are flatter than the truth: about 200 labels share the floor
# Scripts in which practically all news is in one language.
SOLE = {
    "Armn": "hy", "Beng": "bn", "Cher": "chr", "Ethi": "am", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa",
    "Hang": "ko", "Hebr": "he", "Jpan": "ja", "Khmr": "km", "Knda": "kn", "Kore": "ko", "Laoo": "lo", "Mlym": "ml",
    "Mymr": "my", "Nkoo": "nqo", "Orya": "or", "Sinh": "si", "Syrc": "syr", "Taml": "ta", "Telu": "te", "Thaa": "dv",
    "Thai": "th", "Olck": "sat", "Hani": "zh", "Adlm": "ff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """The language of one text. `vote` is None where nobody was asked; `label` is `und` without evidence."""

    label: str
    confidence: float
    status: Status
    scripts: Scripts
    vote: Vote | None = None
    scores: Floats | None = None


def enough(seen: Scripts, settings: TaggerSettings) -> bool:
    """Whether the text has the letters to tell a language by."""
    return seen.letters >= (settings.tagger_min_letters_dense if seen.dense else settings.tagger_min_letters)


def judge(text: str, weights: Mapping[str, float], pool: Pool, settings: TaggerSettings) -> Judgement:
    """The language of `text`, given what was declared (label -> log weight, see `priors`)."""
    seen = scripts(text)
    if seen.main == NONE:
        return Judgement("und", 0.0, "zxx" if seen.characters else "und", seen)
    vote = pool.vote(text)
    scores = priors.add(vote.scores, pool.index, weights)
    shares = softmax(SHARPNESS * scores)
    shares[pool.index[ZXX]] = 0.0
    best = int(shares.argmax())
    label, confidence = pool.labels[best], float(shares[best])
    sole = SOLE.get(seen.main)
    if sole is not None and not vote.cld2.shares:
        label, confidence = sole, max(confidence, 0.9)
    if not enough(seen, settings):
        return Judgement(label, min(confidence, 0.5), "low", seen, vote, scores)
    status: Status = "ok" if confidence >= settings.tagger_ok_confidence else "low"
    return Judgement(label, confidence, status, seen, vote, scores)
