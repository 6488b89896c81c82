import gzip
import json

import pytest

from services.enricher import aliases
from services.enricher.build import aliases as build
from shared.messages import Entity


def item(qid, instance_of, labels, others=(), articles=0):
    return {
        "id": qid,
        "type": "item",
        "labels": {code: {"language": code, "value": value} for code, value in labels.items()},
        "aliases": {"en": [{"language": "en", "value": value} for value in others]},
        "claims": {
            "P31": [
                {"rank": "normal", "mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": instance_of}}}},
                {"rank": "normal", "mainsnak": {"snaktype": "novalue"}},
            ]
        },
        "sitelinks": {f"{code:02d}wiki": {"title": "x"} for code in range(articles)},
    }


ITEMS = [
    item("Q900001", "Q5", {"en": "Greta Lindqvist", "de": "Greta Lindqvist"}, ["G. Lindqvist"], 40),
    item("Q900002", "Q5", {"en": "Greta Lindqvist"}, [], 12),
    item("Q900003", "Q43229", {"en": "Kiel Harbour Authority"}, ["KHA"], 25),
    item("Q900004", "Q515", {"en": "Kiel"}, [], 200),
    item("Q900005", "Q5", {"en": "Unknown Person"}, [], 1),
    item("Q900006", "Q5", {"fr": "Personne"}, [], 50),
    item("Q900007", "Q5", {"en": "Jo Roe"}, [], 20),
    item("Q900008", "Q5", {"en": "Jo Roe"}, [], 19),
]


@pytest.fixture
def table(tmp_path):
    dump = tmp_path / "dump.json.gz"
    with gzip.open(dump, "wt", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(one) for one in ITEMS) + "\n]\n")
    out = tmp_path / "aliases.tsv"
    build.main([str(dump), str(out), "--languages", "en,de", "--sitelinks", "10"])
    return out


def test_the_table_holds_people_and_organisations_with_enough_articles(table):
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[1:] == sorted(lines[1:])
    assert "g lindqvist\tperson\tQ900001\t40\tGreta Lindqvist" in lines
    assert "kha\torganisation\tQ900003\t25\tKiel Harbour Authority" in lines
    assert not any(qid in "\n".join(lines) for qid in ("Q900004", "Q900005", "Q900006"))


@pytest.mark.parametrize(
    ("name", "kind", "identifier"),
    [
        ("Greta Lindqvist", "person", "wikidata:Q900001"),
        ("Mrs. Greta Lindqvist", "person", "wikidata:Q900001"),
        ("the Kiel Harbour Authority", "organisation", "wikidata:Q900003"),
        ("Jo Roe", "person", "local:1"),  # two namesakes, neither stands out
        ("Lindqvist", "person", "local:1"),
        ("Greta Lindqvist", "organisation", "local:1"),
        ("Nobody Atall", "person", "local:1"),
    ],
)
def test_a_name_is_linked_where_one_bearer_stands_out(table, name, kind, identifier):
    known = aliases.load(str(table))
    assert known.linked(Entity(text=name, type=kind, id="local:1")).id == identifier


def test_a_broken_table_names_file_and_line(tmp_path):
    broken = tmp_path / "aliases.tsv"
    broken.write_text("# head\ngreta lindqvist\tperson\tQ900001\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        aliases.load(str(broken))


def test_without_a_table_everything_stays_local():
    entity = Entity(text="Greta Lindqvist", type="person", id="local:1")
    assert aliases.load("").linked(entity) is entity
