"""`python -m services.enricher.build.cldr`: country and month names in many languages, out of CLDR (through babel).

Writes `data/countries.tsv` and `data/months.tsv`. CLDR is under the Unicode licence, which allows it. Run it with the
`dev` extra installed; the service itself only reads the files.
"""

import re
from pathlib import Path

from babel import Locale, UnknownLocaleError

DATA = Path(__file__).parent.parent / "data"
LANGUAGES = """af am ar az be bg bn bs ca cs da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km
kn ko ky lo lt lv mk ml mn mr ms my nb ne nl pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tr uk ur uz vi zh zu
ha ig yo zh_Hant sr_Latn""".split()
BRACKETED = re.compile(r"^(.+?)\s*[（(]([^（()）]+)[)）]$")
COUNTRY = re.compile(r"^[A-Z]{2}$")
PSEUDO = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def names(printed: str) -> list[str]:
    """`Myanmar (Burma)` names the country twice; the aliases add what the press says."""
    both = BRACKETED.match(printed)
    return [both[1], both[2]] if both else [printed]


def main() -> None:
    countries, months = set(), set()
    for language in LANGUAGES:
        try:
            locale = Locale.parse(language)
        except UnknownLocaleError:
            continue
        code = language.replace("_", "-").replace("nb", "no")
        for iso, printed in locale.territories.items():
            if COUNTRY.match(iso) and iso not in PSEUDO:
                countries |= {(iso, code.split("-")[0], name) for name in names(printed)}
        for context in locale.months.values():
            for width in ("wide", "abbreviated"):
                months |= {(code.split("-")[0], number, name) for number, name in context[width].items()}
    head = "CLDR (Unicode licence), written by `python -m services.enricher.build.cldr`."
    with (DATA / "countries.tsv").open("w", encoding="utf-8") as out:
        out.write(f"# ISO 3166-1 code, language, name. {head}\n")
        out.writelines("\t".join(row) + "\n" for row in sorted(countries))
    with (DATA / "months.tsv").open("w", encoding="utf-8") as out:
        out.write(f"# Language, month, name. {head}\n")
        out.writelines(f"{code}\t{number}\t{name}\n" for code, number, name in sorted(months))


if __name__ == "__main__":
    main()
