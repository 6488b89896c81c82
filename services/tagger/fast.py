"""The fast path: a text that CLD2 knows so well that nobody else needs to be asked.

CLD2's score per kilobyte says how typical of the language a text is. On the open set, texts that pass the limits below
are labelled wrongly in fewer than 2 of 1,000 cases; CLD2 is ten times as fast as py3langid.
"""

from collections.abc import Mapping

import numpy as np

from services.tagger.cld2 import Cld2
from services.tagger.cues import Table
from services.tagger.labels import log_prior
from services.tagger.pairs import Pair

CONFIDENCE = 0.995
SHARE = 0.95
LONG = 150  # code points from which on a text is long
WHOLE, WHOLE_DENSE = 600, 200  # from which on names and quotations may be other languages to CLD2
SHARE_WHOLE, SHARE_OTHER = 0.8, 0.1
SCORE_WHOLE, SCORE_LONG, SCORE_SHORT = 400.0, 500.0, 700.0
# Never on CLD2's word alone: it confuses these with their neighbours at any score.
_NEVER = frozenset("hr sr bs id ms yue".split())
_NEVER_SHORT = _NEVER | frozenset("no nn da nl af az tr es gl ca pt it mk bg sr hi mr ne zh ar fa ja".split())
LATIN_ENDS = 0x24F  # the last code point of Latin Extended-B
SHORTEST = 40  # code points
_LOOKED_AT = 600  # code points searched for words of a rarer neighbour
_RARE_WORDS = 2


def _rarer_neighbour(text: str, label: str, table: Table) -> bool:
    """Whether words show that this may be a rarer language which CLD2 calls `label` (Pidgin, Hassaniya, Cantonese)."""
    rivals = table.rivals.get(label)
    if rivals is None:
        return False
    sample = text[:_LOOKED_AT].lower()
    found = rivals.intersection(sample if label == "zh" else sample.split())
    return len(found) >= (_RARE_WORDS if len(text) >= LONG else 1)


def certain(text: str, seen: Cld2, table: Table) -> str:
    """The label of `text` where CLD2's answer `seen` is enough, else an empty string."""
    if not seen.reliable or len(text) < SHORTEST:
        return ""
    label = seen.shares[0][0]
    whole = len(text) >= (WHOLE_DENSE if label in ("zh", "ja", "ko") else WHOLE)
    if seen.shares[0][1] < SHARE:
        other = seen.shares[1][1] if len(seen.shares) > 1 else 0.0
        if not whole or seen.shares[0][1] < SHARE_WHOLE or other > SHARE_OTHER:
            return ""
    long = len(text) >= LONG
    needed = SCORE_WHOLE if whole else SCORE_LONG if long else SCORE_SHORT
    if seen.score < needed or label in (_NEVER if long else _NEVER_SHORT):
        return ""
    return "" if log_prior(label) < 0 or _rarer_neighbour(text, label, table) else label


def between(text: str, seen: Cld2, models: Mapping[str, Pair]) -> tuple[str, float] | None:
    """The label and confidence of a whole document in a group with a second-stage model, where CLD2 is sure of the
    group; declared languages and py3langid would add nothing there. None for all other texts."""
    if not seen.reliable or len(text) < WHOLE or seen.score < SCORE_WHOLE:
        return None
    pair = models.get(seen.shares[0][0])
    if pair is None or sum(share for label, share in seen.shares if label in pair.labels) < SHARE_WHOLE:
        return None
    if any(ord(character) > LATIN_ENDS for character in text[:_LOOKED_AT] if character.isalpha()):
        return None  # Serbian in Cyrillic letters
    logs = pair.log_probabilities(text, seen, {})
    best = int(logs.argmax())
    return pair.labels[best], round(min(float(np.exp(logs[best])), CONFIDENCE), 4)
