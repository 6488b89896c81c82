"""A run of the text that names somebody or something."""

from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["person", "organisation", "place"]


class Mention(NamedTuple):
    """`start` and `end` are code points of the article's text, half-open; `score` is the recogniser's confidence."""

    start: int
    end: int
    kind: Kind
    text: str
    score: float = 0.5


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """In text order; of two that overlap the surer one stays, then the longer, then the earlier."""
    in_order = sorted(mentions)
    if all(one.end <= other.start for one, other in pairwise(in_order)):
        return in_order
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (-one.score, one.start - one.end, one.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept)
