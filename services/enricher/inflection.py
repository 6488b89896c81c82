"""Place names in the cases of languages that decline them: `в Москве`, `Londynie`, `Suomessa`.

Names and tokens are compared by their Snowball stems, only where the exact lookup finds nothing.
"""

from functools import lru_cache

import snowballstemmer

from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer, Place

STEMMERS = {
    "cs": "czech",
    "el": "greek",
    "et": "estonian",
    "fi": "finnish",
    "hr": "serbian",
    "hu": "hungarian",
    "lt": "lithuanian",
    "pl": "polish",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "uk": "russian",  # there is no Ukrainian one; noun endings are near enough
}
CITY_FROM = 1_000_000  # people
LONGEST_ENDING = 5  # letters of a case ending, with what it replaces
SHORTEST = 3  # letters of a stem


@lru_cache(maxsize=16)
def _table(gazetteer: Gazetteer, lang: str) -> dict[str, Place]:
    """Stemmed name -> place: the countries in that language, then the large cities."""
    stemmer = snowballstemmer.stemmer(STEMMERS[lang])
    cyrillic = lang in ("ru", "uk")
    found: dict[str, Place] = {}
    for name, place in gazetteer.countries.get(lang, {}).items():
        found.setdefault(_stemmed(name, stemmer), place)
    for number, line in enumerate(gazetteer.table):
        fields = line.split("\t")
        if int(fields[6]) < CITY_FROM:
            break  # the table is ordered by population
        for name in [fold(fields[1]), *fields[7].split("|")]:
            if name and name[0].isalpha() and ("\u0400" <= name[0] <= "\u04ff") == cyrillic and len(name) > SHORTEST:
                found.setdefault(_stemmed(name, stemmer), gazetteer.at(number))
    return {stem: place for stem, place in found.items() if len(stem) >= SHORTEST}


def _stemmed(name: str, stemmer: object) -> str:
    words: list[str] = stemmer.stemWords(name.split())  # type: ignore[attr-defined]  # the package ships no types
    return " ".join(words)


@lru_cache(maxsize=8_192)
def place(name: str, lang: str, gazetteer: Gazetteer) -> Place | None:
    """The country or large city that a declined name means, or None."""
    if lang not in STEMMERS or len(name) <= SHORTEST:
        return None
    key = fold(name)
    found = _table(gazetteer, lang).get(_stemmed(key, snowballstemmer.stemmer(STEMMERS[lang])))
    return found or _country_by_beginning(key, gazetteer.countries.get(lang, {}))


def _country_by_beginning(key: str, countries: dict[str, Place]) -> Place | None:
    """Niemczech of Niemcy, Польщі of Польща: what the stemmer does not bring together."""
    for country, place in countries.items():
        beginning = country[: max(SHORTEST + 1, len(country) - 2)]
        if key.startswith(beginning) and len(key) - len(beginning) <= LONGEST_ENDING and " " not in country:
            return place
    return None
