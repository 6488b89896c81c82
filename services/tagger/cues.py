"""Words and letters that tell near languages apart, and that show languages which no backend knows.

The table `data/cues.txt` is of our own writing: everyday words, endings and letters, by groups of languages that get
mistaken for one another. Within the group of the leading language every cue found speaks for the languages that have
it; the group as a whole keeps the weight that the vote gave it, so cues never carry a text out of its group.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from services.tagger.bayes import Floats
from services.tagger.pool import BARRED, Pool, Vote, log_sum

PER_CUE = 0.7  # log weight of one cue more than the rival
MOST_CUES = 4  # that count: more say no more
MOST_REPEATS = 3  # of one word that count
MOST_WORDS = 120  # that are looked at
NEEDED = 2  # cues before a language that no backend knows is thought of; at least one more than its rivals have
UNKNOWN_BONUS = 1.0  # for such a language then: every backend has been pushed to a wrong answer
_WORD = re.compile(r"[\w\u0300-\u036f'ʻ]+")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one language within one group: whole words, and a pattern for the ones with `*`."""

    words: frozenset[str]
    pattern: re.Pattern[str] | None

    def found(self, words: Mapping[str, int]) -> int:
        """How many of `words` (with their counts) are cues."""
        hits = 0
        for word, count in words.items():
            if word in self.words or (self.pattern is not None and self.pattern.match(word)):
                hits += min(count, MOST_REPEATS)
        return hits


Group = Mapping[str, Cues]


def read(path: Path) -> dict[str, tuple[Group, ...]]:
    """The groups that each language belongs to."""
    groups: list[dict[str, Cues]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("# "):
            continue
        label, *cues = line.split()
        if label == "=":
            groups.append({})
            continue
        wild = [re.escape(cue).replace(r"\*", ".*") for cue in cues if "*" in cue]
        pattern = re.compile(rf"(?:{'|'.join(wild)})\Z") if wild else None
        groups[-1][label] = Cues(frozenset(cue for cue in cues if "*" not in cue), pattern)
    of: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        for label in group:
            of[label].append(group)
    return {label: tuple(members) for label, members in of.items()}


def words(text: str) -> Counter[str]:
    """The first words of `text` with their counts, apostrophes made alike."""
    return Counter(_WORD.findall(text.lower().replace("’", "'").replace("‘", "'"))[:MOST_WORDS])


def weigh(text: str, vote: Vote, pool: Pool, groups: Mapping[str, tuple[Group, ...]]) -> Floats:
    """The vote's scores with the cues of the leading language's groups taken into account.

    A language that no backend knows (`pool.cue_labels`) stays barred unless cues speak for it.
    """
    index, unknown = pool.index, pool.cue_labels
    scores = vote.scores.copy()
    scores[[index[label] for label in sorted(unknown)]] = BARRED
    near = groups.get(pool.labels[int(scores.argmax())], ())
    if not near:
        return scores
    seen = words(text)
    gains: dict[str, float] = {}
    for group in near:
        hits = {label: cues.found(seen) for label, cues in group.items() if label in index}
        most = max(hits.values(), default=0)
        if not most:
            continue
        for label, count in hits.items():
            gains[label] = gains.get(label, 0.0) + PER_CUE * max(count - most, -MOST_CUES)
            if label in unknown and count >= NEEDED and count > max(n for other, n in hits.items() if other != label):
                scores[index[label]] = vote.scores[index[label]] + UNKNOWN_BONUS
    if gains:
        places = [index[label] for label in gains]
        before = log_sum(scores[places])
        scores[places] += np.array(list(gains.values()), dtype=np.float32)
        scores[places] += np.float32(before - log_sum(scores[places]))
    return scores
