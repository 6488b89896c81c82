"""Which place in the world is meant, and how sure we are. NIL (no identifier) is a legal answer.

A name is looked up as country, state or region, and city. Among namesakes the more populous is likelier, and one in a
country that the article names, is datelined in or comes from is likelier still; a name that only other languages use
for a city counts less. The confidence is a logistic function of the margin over the runner-up and of the evidence; its
weights were set on a sample that was judged by reading (`tests/quality/links.tsv`), which also checks its calibration.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

from services.enricher import inflection
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer, Place

# In units of ln(population).
NAMED_COUNTRY = 3.0  # times the root of the country's share of all countries named
DATELINE_COUNTRY = 2.0
SOURCE_COUNTRY = 1.5
SPELLING = 1.0  # with its own diacritics: San José is not San Jose
FOREIGN_NAME = -2.0
USUAL = 300_000  # people of a town that is known without further evidence
MARGIN, SIZE, BIAS = 1.4, 0.2, 1.0  # of the logistic function
NO_RIVAL = 3.0  # margin of a name that only one place bears
SHORT = 3  # capitals of an abbreviation, which is no city
CITIES_FIRST = frozenset({"washington", "new york"})  # states whose city is meant more often
LEAST = 0.2  # below it nothing is linked


@dataclass(frozen=True)
class Context:
    """What the article says about where it plays: ISO codes, those named with how often."""

    named: dict[str, int] = field(default_factory=dict)
    dateline: str = ""
    source: str = ""

    def evidence(self, country: str) -> float:
        """How much speaks for a country, in units of ln(population)."""
        share = self.named.get(country, 0) / max(sum(self.named.values()), 1)
        return (
            NAMED_COUNTRY * math.sqrt(share)
            + DATELINE_COUNTRY * (country == self.dateline)
            + SOURCE_COUNTRY * (country == self.source)
        )


@dataclass(frozen=True)
class Link:
    """A place and the probability that it is the one meant."""

    place: Place
    confidence: float


def countries_named(names: list[str], lang: str, gazetteer: Gazetteer) -> dict[str, int]:
    """The countries among the place names of an article, and how often each is named."""
    return dict(Counter(place.country for name in names if (place := gazetteer.country(bare(name), lang))))


def bare(name: str) -> str:
    """Without a leading article: `the Netherlands`."""
    words = name.split()
    return " ".join(words[1:]) if len(words) > 1 and words[0].lower() == "the" else name


def link(name: str, lang: str, context: Context, gazetteer: Gazetteer) -> Link | None:
    """The place that a name means in this article, or None where nothing is known about it."""
    plain = bare(name)
    country = gazetteer.country(name, lang) or gazetteer.country(plain, lang)
    region = gazetteer.region(name) or gazetteer.region(plain)
    if country is not None:
        if region is None or region.kind != "state":
            return Link(country, 0.99)
        american = context.evidence("US") > context.evidence(country.country)  # Georgia, the country and the state
        return Link(region, 0.6) if american else Link(country, 0.8)
    if region is not None and fold(plain) not in CITIES_FIRST:
        return Link(region, 0.9)
    cities = gazetteer.city(name) or gazetteer.city(plain)
    if not cities:
        declined = inflection.place(name, lang, gazetteer)
        return Link(declined, 0.85) if declined is not None else None
    if name.isupper() and name.isalpha() and len(name) <= SHORT and name.isascii():
        return None
    return _city(plain, cities, lang, context)


def _score(place: Place, printed: str, lang: str, context: Context) -> float:
    score = math.log(max(place.population, 1_000)) + context.evidence(place.country)
    if place.name == printed:
        return score + SPELLING
    if fold(place.name) != fold(printed) and lang == "en":
        return score + FOREIGN_NAME
    return score


def _city(printed: str, cities: tuple[Place, ...], lang: str, context: Context) -> Link | None:
    ranked = sorted(
        ((_score(city, printed, lang, context), -number) for number, city in enumerate(cities)), reverse=True
    )
    best, number = ranked[0]
    margin = min(best - ranked[1][0], NO_RIVAL) if len(ranked) > 1 else NO_RIVAL
    sure = 1 / (1 + math.exp(-(MARGIN * margin + SIZE * (best - math.log(USUAL)) - BIAS)))
    return Link(cities[-number], round(min(sure, 0.98), 2)) if sure >= LEAST else None
