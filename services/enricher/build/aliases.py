"""`python -m services.enricher.build.aliases DUMP OUT`: names of people and organisations, from a Wikidata dump.

DUMP is a Wikidata entity dump in JSON, one entity a line (`latest-all.json.gz` or `.bz2`, or a part of it), which is
under CC0. OUT is the table that `WIREROOM_ENRICH_ALIAS_TABLE` names; `services/enricher/aliases.py` describes its
format. The dump is read once, line by line; only the table is held in memory.
"""

import argparse
import bz2
import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from services.enricher.folding import fold
from services.enricher.mentions import Kind

HUMAN = "Q5"
# organization, business, company, enterprise, nonprofit, political party, government agency, international
# organization, university, news agency, newspaper, football club
ORGANISATIONS = (
    """Q43229 Q4830453 Q783794 Q6881511 Q163740 Q7278 Q327333 Q484652 Q3918 Q192283 Q11032 Q476028""".split()
)
Entity = dict[str, Any]


def opened(file: Path) -> BinaryIO:
    """The dump as bytes, unpacked by its suffix."""
    if file.suffix == ".gz":
        return gzip.open(file)  # type: ignore[return-value]  # typed as the base class of what it returns
    if file.suffix == ".bz2":
        return bz2.open(file)  # type: ignore[return-value]
    return file.open("rb")


def entities(lines: Iterable[bytes]) -> Iterator[Entity]:
    """The items of a dump: one a line, with the comma and brackets of the array around them."""
    for line in lines:
        bare = line.strip().rstrip(b",")
        if bare.startswith(b"{"):
            yield msgspec.json.decode(bare)


def kind(entity: Entity, organisations: frozenset[str]) -> Kind | None:
    """Person or organisation, by what the item says that it is an instance of."""
    classes = {
        claim.get("mainsnak", {}).get("datavalue", {}).get("value", {}).get("id")
        for claim in entity.get("claims", {}).get("P31", [])
        if claim.get("rank") != "deprecated"
    }
    if HUMAN in classes:
        return "person"
    return "organisation" if classes & organisations else None


def names(entity: Entity, languages: list[str]) -> tuple[str, list[str]]:
    """(the name to show, every name in the languages, in a fixed order)."""
    labels = entity.get("labels", {})
    found = [labels[code]["value"] for code in [*languages, "mul"] if code in labels]
    shown = found[0] if found else ""
    for code in [*languages, "mul"]:
        found += [alias["value"] for alias in entity.get("aliases", {}).get(code, [])]
    return shown, list(dict.fromkeys(found))


def rows(found: Iterable[Entity], languages: list[str], least: int, organisations: frozenset[str]) -> list[str]:
    """The lines of the table, sorted. Items with fewer than `least` Wikipedia articles are left out."""
    table: set[tuple[str, int, str, str, str]] = set()
    for entity in found:
        what = kind(entity, organisations)
        weight = sum(site.endswith("wiki") for site in entity.get("sitelinks", {}))
        shown, every = names(entity, languages)
        if what is None or weight < least or not shown:
            continue
        for name in every:
            if (key := fold(name)) and "\t" not in name + shown:
                table.add((key, -weight, entity["id"], what, shown))
    return [f"{key}\t{what}\t{qid}\t{-weight}\t{shown}" for key, weight, qid, what, shown in sorted(table)]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m services.enricher.build.aliases", description=__doc__)
    parser.add_argument("dump", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--languages", default="en", help="codes with commas, the first one's name is shown")
    parser.add_argument("--sitelinks", type=int, default=10, help="least Wikipedia articles of an item (default 10)")
    parser.add_argument("--organisations", default=",".join(ORGANISATIONS), help="classes that are organisations")
    options = parser.parse_args(arguments)
    with opened(options.dump) as dump:
        table = rows(
            entities(dump),
            options.languages.split(","),
            options.sitelinks,
            frozenset(options.organisations.split(",")),
        )
    head = "# Folded name, kind, Wikidata id, Wikipedia articles, name. Wikidata, CC0.\n"
    options.out.write_text(head + "".join(line + "\n" for line in table), encoding="utf-8")
    sys.stderr.write(f"{len(table)} names in {options.out}\n")


if __name__ == "__main__":
    main()
