"""`python -m services.enricher.build.names`: given names and surnames of many countries.

Writes `data/given_names.txt` and `data/surnames.txt`, one name a line, from the US Census lists of 1990 (public domain,
as the `names` package ships them) and the name lists of Faker's locales (MIT); scripts with capitals only. Needs `pip
install faker names` in an environment of its own: the service only reads the files.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import faker.providers.person
import names

DATA = Path(__file__).parent.parent / "data"
CENSUS = Path(names.__file__).parent
CASED = re.compile(
    r"^(?:[A-ZÀ-ÖØ-ÞĀ-ž][A-Za-zÀ-ÖØ-öø-ÿĀ-žḀ-ỹ'’-]+|[А-ЯЁІЇЄҐЃЅЈЉЊЌЏ][а-яёіїєґѓѕјљњќџ'’-]+|[Α-ΩΆ-Ώ][α-ωά-ώ]+)$"
)
CENSUS_SURNAMES = 12_000  # the first ones bear 75 % of the population; further ones are mostly common words


def census(file: str, first: int | None = None) -> set[str]:
    """The first names of a census list, in its order of frequency, capitalised."""
    lines = (CENSUS / file).read_text(encoding="ascii").splitlines()
    return {line.split()[0].capitalize() for line in lines[:first]}


def fakers(*kinds: str) -> set[str]:
    """The names that any locale of Faker holds in attributes that start with one of `kinds`."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            if attribute.startswith(kinds):
                values = getattr(provider, attribute)
                if not isinstance(values, list | tuple | dict):  # methods and properties pick one at random
                    continue
                found |= {str(value) for value in values}
    return {name for name in found if CASED.match(name)}


def main() -> None:
    given = census("dist.female.first") | census("dist.male.first") | fakers("first_name", "first_romanized_name")
    sur = census("dist.all.last", CENSUS_SURNAMES) | fakers("last_name", "last_romanized_name")
    head = "US Census 1990 (public domain) and Faker (MIT), written by `python -m services.enricher.build.names`."
    for name, words in (("given_names.txt", given), ("surnames.txt", sur)):
        (DATA / name).write_text(f"# {head}\n" + "\n".join(sorted(words)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
