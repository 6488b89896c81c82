"""Candidates for a field and the decision between them, with its provenance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.messages import Provenance

Status = Literal["original", "repost", "inferred"]


@dataclass(frozen=True)
class Candidate:
    """A value that a place on the page offers for a field."""

    source: str  # json-ld, og, meta, html, url, feed, text
    value: str


def provenance(
    winner: Candidate,
    candidates: Iterable[Candidate] = (),
    confidence: float = 1.0,
    status: Status = "original",
    precision: Literal["", "day", "minute", "second"] = "",
) -> Provenance:
    """What the record says about a decision; each losing candidate that differs is named once, at most eight."""
    losers = dict.fromkeys(f"{c.source}={c.value[:200]}" for c in candidates if c != winner)
    return Provenance(
        source=winner.source,
        status=status,
        confidence=confidence,
        precision=precision,
        candidates=tuple(losers)[:8],
    )
