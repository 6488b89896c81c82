"""What place does this name mean? Cities from GeoNames, countries from CLDR, states and regions from our own lists.

`data/places.tsv.gz` (GeoNames, CC BY 4.0) holds 69,000 places of 5,000 people and more with their coordinates and, for
the larger ones, their names in other languages. `data/countries.tsv` is from CLDR (Unicode licence).
"""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from services.enricher.folding import fold
from services.enricher.wordlists import DATA, rows


class Place(Struct, frozen=True, gc=False):
    """`id` is `geonames:...` or `iso:..`, or empty where no identifier was read from a source."""

    id: str
    name: str
    kind: Literal["city", "state", "region", "country"]
    country: str = ""  # ISO 3166-1 alpha-2; empty for what spans several
    admin: str = ""  # GeoNames first-level code
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0


@lru_cache(maxsize=8_192)
def _place(line: str) -> Place:
    number, name, country, admin, latitude, longitude, population, _ = line.split("\t")
    where = float(latitude), float(longitude)
    return Place(f"geonames:{number}", name, "city", country, admin, *where, int(population))


def _people(line: str) -> int:
    return int(line.rsplit("\t", 2)[1])


@dataclass(frozen=True, eq=False)  # one per worker, hashed by identity
class Gazetteer:
    """Folded name -> places, the most populous first. Cities stay lines of their table until somebody asks."""

    table: tuple[str, ...]
    own_names: dict[str, tuple[int, ...]]  # by the place's own name
    foreign_names: dict[str, tuple[int, ...]]  # by its names in other languages and older ones
    countries: dict[str, dict[str, Place]]  # language (`*` for any) -> folded name -> country
    by_iso: dict[str, Place]
    regions: dict[str, Place]
    states: dict[str, tuple[str, str, str]]  # printed abbreviation or name -> (country, admin code, GeoNames id)

    def country(self, name: str, lang: str) -> Place | None:
        """The country that `name` means in an article in `lang`; English names are understood everywhere."""
        key = fold(name)
        for language in (lang, "*", "en"):
            found = self.countries.get(language, {}).get(key)
            if found is not None:
                return found
        return None

    def city(self, name: str) -> tuple[Place, ...]:
        """Cities of that name, the likeliest first: by population, a tenth of it for a name that only others use."""
        key = fold(name)
        owners, others = self.own_names.get(key), self.foreign_names.get(key)
        if owners is None and others is None:
            return ()
        own = [_place(self.table[number]) for number in owners or ()]
        foreign = [_place(self.table[number]) for number in others or ()]
        if not own or not foreign:
            return (*own, *foreign)
        ranked = [(-place.population, place) for place in own] + [(-place.population // 10, place) for place in foreign]
        return tuple(place for _, place in sorted(ranked, key=lambda pair: pair[0]))

    def people(self, name: str) -> int:
        """How many people the likeliest city of that name has; 0 where there is none. Like `city`, and cheaper."""
        key = fold(name)
        owners, others = self.own_names.get(key), self.foreign_names.get(key)
        own = _people(self.table[owners[0]]) if owners else 0
        foreign = _people(self.table[others[0]]) if others else 0
        return own if own >= foreign // 10 else foreign

    def at(self, number: int) -> Place:
        """The city in a line of the table."""
        return _place(self.table[number])

    def region(self, name: str) -> Place | None:
        """A region, sea or continent, or a state or province by its name or printed abbreviation."""
        found = self.regions.get(fold(name))
        if found is not None:
            return found
        state = self.states.get(name)
        if state is None:
            return None
        country, admin, identifier = state
        return Place(identifier, name, "state", country, admin)


def _cities() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    table = tuple(gzip.decompress((DATA / "places.tsv.gz").read_bytes()).decode().splitlines())
    own: dict[str, list[int]] = {}
    foreign: dict[str, list[int]] = {}
    for number, line in enumerate(table):
        fields = line.split("\t")
        own.setdefault(fold(fields[1]), []).append(number)
        if fields[7]:
            for alias in fields[7].split("|"):
                foreign.setdefault(alias, []).append(number)
    lines = {line.split("\t", 1)[0]: number for number, line in enumerate(table)}
    for name, identifier in rows("city_aliases.tsv"):
        known = foreign.setdefault(fold(name), [])
        if lines[identifier] not in known:
            known.insert(0, lines[identifier])
    return table, _frozen(own), _frozen(foreign)


def _frozen(names: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(numbers) for name, numbers in names.items()}


def _countries() -> tuple[dict[str, dict[str, Place]], dict[str, Place]]:
    english = {iso: name for iso, language, name in rows("countries.tsv") if language == "en"}
    by_iso = {iso: Place(f"iso:{iso}", name, "country", iso) for iso, name in sorted(english.items())}
    named: dict[str, dict[str, Place]] = {"*": {}, "en": {}}
    printed: Iterable[list[str]] = [*rows("countries.tsv"), *rows("country_aliases.tsv")]
    for iso, language, name in printed:
        named.setdefault(language, {})[fold(name)] = by_iso[iso]
    for place in by_iso.values():
        named["en"].setdefault(fold(place.name), place)
    return named, by_iso


@cache  # tables never change while a process runs
def load() -> Gazetteer:
    """Reads all tables; half a second and 60 MB, once per worker."""
    table, own, foreign = _cities()
    countries, by_iso = _countries()
    regions = {fold(name): Place("", name, "region", country) for name, country in rows("regions.tsv")}
    states: dict[str, tuple[str, str, str]] = {}
    for printed, country, admin, number in rows("states.tsv"):
        identifier = f"geonames:{number}" if number else ""
        states[printed] = (country, admin, identifier)
        if "." not in printed and not printed.isupper():
            regions[fold(printed)] = Place(identifier, printed, "state", country, admin)
    return Gazetteer(table, own, foreign, countries, by_iso, regions, states)
