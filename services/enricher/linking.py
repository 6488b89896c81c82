"""Which place in the world is meant, and how sure we are. NIL (no identifier) is a legal answer.

A name is looked up as country, region or state, and city. Among namesakes the more populous is likelier, and one in a
country that the article names, is datelined in or comes from is likelier still. The confidence is a logistic function
of the margin over the runner-up; its weights are set by hand and checked for calibration in the quality run.
"""

import math
from collections import Counter
from dataclasses import dataclass

from services.enricher import inflection
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer, Place

NAMED_COUNTRY = 2.0  # in units of ln(population): a country named in the article outweighs seven times the people
DATELINE_COUNTRY = 1.5
SOURCE_COUNTRY = 1.0
OWN_COUNTRY_ONLY = 1_000_000  # a namesake smaller than this needs some evidence to be written down
NO_RIVAL = 4.0  # margin of a name that only one place bears


@dataclass(frozen=True)
class Context:
    """What the article says about where it plays: ISO codes."""

    named: frozenset[str] = frozenset()
    dateline: str = ""
    source: str = ""


@dataclass(frozen=True)
class Link:
    """A place and the probability that it is the one meant."""

    place: Place
    confidence: float


def countries_named(names: list[str], lang: str, gazetteer: Gazetteer) -> frozenset[str]:
    """The countries among the place names of an article."""
    found = Counter(place.country for name in names if (place := gazetteer.country(bare(name), lang)))
    return frozenset(found)


def bare(name: str) -> str:
    """Without a leading article: `the Netherlands`."""
    words = name.split()
    return " ".join(words[1:]) if len(words) > 1 and words[0].lower() == "the" else name


def link(name: str, lang: str, context: Context, gazetteer: Gazetteer) -> Link | None:
    """The place that a name means in this article, or None where nothing is known about it."""
    for spelling in (name, bare(name)):
        country = gazetteer.country(spelling, lang)
        if country is not None:
            state = gazetteer.region(spelling)  # Georgia, the country and the state
            if state is None or state.kind != "state":
                return Link(country, 0.99)
            american = "US" in context.named or "US" in (context.dateline, context.source)
            return Link(state, 0.6) if american and country.country not in context.named else Link(country, 0.8)
    declined = None if gazetteer.city(name) else inflection.place(name, lang, gazetteer)
    if declined is not None:
        return Link(declined, 0.85)
    region = gazetteer.region(name) or gazetteer.region(bare(name))
    cities = gazetteer.city(name) or gazetteer.city(bare(name))
    namesake = bool(cities) and cities[0].population > (500_000 if region and region.kind == "state" else 2_000_000)
    if region is not None and not namesake:
        return Link(region, 0.9)
    return _city(fold(name), cities, context)


def _score(place: Place, own_name: bool, context: Context) -> float:
    score = math.log(max(place.population, 1_000))
    score += NAMED_COUNTRY * (place.country in context.named)
    score += DATELINE_COUNTRY * (place.country == context.dateline)
    score += SOURCE_COUNTRY * (place.country == context.source)
    return score if own_name else score - 1.0


def _city(key: str, cities: tuple[Place, ...], context: Context) -> Link | None:
    if not cities:
        return None
    ranked = sorted(
        ((_score(city, fold(city.name) == key, context), -number) for number, city in enumerate(cities)), reverse=True
    )
    best, number = ranked[0]
    margin = best - ranked[1][0] if len(ranked) > 1 else NO_RIVAL
    confidence = 1 / (1 + math.exp(-(margin + 0.3 * (best - math.log(OWN_COUNTRY_ONLY)))))
    return Link(cities[-number], round(min(confidence, 0.98), 2))
