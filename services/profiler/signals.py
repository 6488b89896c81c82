"""What the articles of a host say about it as a source: numbers, never a verdict.

They are made from what the enricher said of each article and from nothing that a profile added, so a profile does not
feed itself. Articles that nobody has enriched do not count.
"""

from collections.abc import Collection, Sequence
from statistics import median_low

from services.profiler.observation import UNKNOWN, Observation

FEWEST = 5  # articles: a share of fewer says nothing
STEPS = 20  # a share is given in twentieths: of a hundred articles it is not surer than that
SAME_DAYS = 1  # another zone's day or the morning after: no contradiction


def signals(articles: Sequence[Observation], brands: Collection[str]) -> dict[str, float]:
    """Name -> number, sorted by name; shares from 0 to 1, gaps in days, both where enough articles show them.

    Args:
        articles: each story once.
        brands: the host's brands, folded.
    """
    told = [one for one in articles if one.agency != UNKNOWN]
    gaps = [gap for one in told for gap in one.gaps]
    found: dict[str, float] = {}
    if len(told) >= FEWEST:
        found["articles"] = float(len(told))
        found["agency_share"] = _share(sum(one.agency for one in told), len(told))
        branded = sum(one.branded or not set(one.headed).isdisjoint(brands) for one in told)
        found["brand_in_title_share"] = _share(branded, len(told))
    if len(gaps) >= FEWEST:
        found["dateline_dates"] = float(len(gaps))
        found["dateline_gap_days"] = float(median_low(gaps))
        found["dateline_contradicted_share"] = _share(sum(abs(gap) > SAME_DAYS for gap in gaps), len(gaps))
    return dict(sorted(found.items()))


def _share(count: int, of: int) -> float:
    return round(STEPS * count / of) / STEPS
