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
HEDGE = 2.0  # log weight, of its weight of 2.8
PER_MARK = 2.0  # of a letter that only one language has
MOST_MARKS = 2
MISSED = 3.0  # against a language whose letter is not there, in words of so many letters together:
LONG_ENOUGH = 12
NEEDED = 1  # cue more than any rival has, before a language that no backend knows is thought of
UNKNOWN_PRIOR = -1.0  # log weight of such a language against the leader: the backends could not have said it
RIVALS = {"en": ("pcm",), "ar": ("mey", "shi"), "zh": ("yue",)}
_WORD = re.compile(r"[\w\u0300-\u036f'ʻ]+")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one language within one group: whole words, and a pattern for the ones with `*`."""

    words: frozenset[str]
    letters: tuple[str, ...]  # what stood between two stars
    pattern: re.Pattern[str] | None

    def found(self, words: Mapping[str, int]) -> int:
        """How many of `words` (with their counts) are cues."""
        hits = 0
        for word, count in words.items():
            if word in self.words or (self.pattern is not None and self.pattern.match(word)):
                hits += min(count, MOST_REPEATS)
        return hits


Group = Mapping[str, Cues]


@dataclass(frozen=True, slots=True)
class Table:
    """The cue file: each language's groups, and the letters that give a language away by themselves."""

    groups: Mapping[str, tuple[Group, ...]]
    marks: Group
    needs: Group
    hedged: tuple[frozenset[str], ...]  # groups in which py3langid is the better judge
    rivals: Mapping[str, frozenset[str]]  # language -> words (Chinese: characters) of its rarer neighbours only

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(self.groups) | frozenset(self.marks)


def _cues(written: list[str]) -> Cues:
    wild = [re.escape(cue).replace(r"\*", ".*") for cue in written if "*" in cue]
    pattern = re.compile(rf"(?:{'|'.join(wild)})\Z") if wild else None
    letters = tuple(cue.strip("*") for cue in written if cue.startswith("*") and cue.endswith("*"))
    return Cues(frozenset(cue for cue in written if "*" not in cue), letters, pattern)


def read(path: Path) -> Table:
    """The cue table in `path`."""
    groups: list[dict[str, Cues]] = []
    marks: dict[str, Cues] = {}
    needs: dict[str, Cues] = {}
    hedged: list[frozenset[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("# "):
            continue
        label, *cues = line.split()
        if label == "=":
            groups.append({})
            if cues[-1] == "py3langid":
                hedged.append(frozenset(cues[:-2]))
        elif label == "+":
            marks[cues[0]] = _cues(cues[1:])
        elif label == "!":
            needs[cues[0]] = _cues(cues[1:])
        else:
            groups[-1][label] = _cues(cues)
    of: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        for label in group:
            of[label].append(group)
    return Table({label: tuple(members) for label, members in of.items()}, marks, needs, tuple(hedged), _rivals(of))


def _rivals(groups: Mapping[str, list[Group]]) -> dict[str, frozenset[str]]:
    """For each large language with small ones that look like it: the cues that only the small ones have."""
    found: dict[str, frozenset[str]] = {}
    for large, small in RIVALS.items():
        (group,) = groups[large]
        theirs = frozenset[str]().union(*(group[label].words for label in small)) - group[large].words
        if large == "zh":
            theirs = frozenset(cue for cue in group["yue"].letters if len(cue) == 1)
        found[large] = theirs
    return found


def words(text: str) -> Counter[str]:
    """The first words of `text` with their counts, apostrophes made alike."""
    return Counter(_WORD.findall(text.lower().replace("’", "'").replace("‘", "'"))[:MOST_WORDS])


def _hedge(scores: Floats, vote: Vote, pool: Pool, table: Table) -> None:
    """Takes back part of CLD2's word where py3langid holds the text for a near language of a group it knows better."""
    if vote.bayes is None or not vote.cld2.reliable:
        return
    said, share = vote.cld2.shares[0]
    first = pool.bayes_labels[int(vote.bayes.argmax())]
    if said != first and any(said in group and first in group for group in table.hedged):
        scores[pool.index[said]] -= HEDGE * share


def weigh(text: str, vote: Vote, pool: Pool, table: Table) -> Floats:
    """The vote's scores with the cues of the leading language's groups taken into account.

    A language that no backend knows (`pool.cue_labels`) stays barred unless cues speak for it.
    """
    index, unknown = pool.index, pool.cue_labels
    scores = vote.scores.copy()
    scores[[index[label] for label in sorted(unknown)]] = BARRED
    _hedge(scores, vote, pool, table)
    seen = words(text)
    for label, mark in table.marks.items():
        if label in index and (count := min(mark.found(seen), MOST_MARKS)):
            scores[index[label]] = vote.scores[index[label]] + PER_MARK * count
    for label, need in table.needs.items():
        if label in index and sum(map(len, seen)) >= LONG_ENOUGH and not need.found(seen):
            scores[index[label]] -= MISSED
    leader = int(scores.argmax())
    leading = float(scores[leader])
    near = table.groups.get(pool.labels[leader], ())
    gains: dict[str, float] = {}
    for group in near:
        hits = {label: cues.found(seen) for label, cues in group.items() if label in index}
        most = max(hits.values(), default=0)
        if not most:
            continue
        for label, count in hits.items():
            gains[label] = gains.get(label, 0.0) + PER_CUE * max(count - most, -MOST_CUES)
            if (
                label in unknown
                and label not in table.marks
                and count >= NEEDED
                and count > max(n for other, n in hits.items() if other != label)
            ):
                scores[index[label]] = leading + UNKNOWN_PRIOR
    if gains:
        places = [index[label] for label in gains]
        before = log_sum(scores[places])
        scores[places] += np.array(list(gains.values()), dtype=np.float32)
        scores[places] += np.float32(before - log_sum(scores[places]))
    return scores
