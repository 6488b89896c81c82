"""docs/consume.md against the contract: every field and header is told, and what it says is absent can be."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from shared.outcomes import Reason
from shared.schema import schema
from shared.topology import ENRICHED, PIPELINE
from shared.transport.asyncapi import PARKED, event

PAGE = (Path(__file__).parents[2] / "docs" / "consume.md").read_text(encoding="utf-8")
SCHEMA = schema(ENRICHED)
SECTION = PAGE.partition("## Field by field")[2]


def rows() -> dict[str, tuple[str, str]]:
    """Field to (what it holds, what absent means), from the table."""
    found = {}
    for names, holds, absent in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", SECTION, re.M):
        for name in re.findall(r"`(\w+)`", names):
            assert name not in found, f"{name} twice"
            found[name] = (holds, absent)
    return found


def test_every_field_is_told_and_no_other() -> None:
    assert rows().keys() == SCHEMA["properties"].keys()


def test_what_is_never_absent_is_required_and_the_rest_is_not() -> None:
    assert {name for name, (_, absent) in rows().items() if absent == "never absent"} == set(SCHEMA["required"])


@pytest.mark.parametrize("field", ["generation", "state", "lang", "lang_confidence", "lang_status"])
def test_a_default_is_told_as_the_schema_has_it(field: str) -> None:
    default = SCHEMA["properties"][field]["default"]
    assert rows()[field][1].replace("`", "").startswith(str(int(default) if isinstance(default, float) else default))


@pytest.mark.parametrize(
    "field", ["source", "provenance", "entities", "segments", "dateline", "rights", "blocks", "removed"]
)
def test_the_parts_of_a_field_are_told(field: str) -> None:
    text = json.dumps(SCHEMA["properties"][field])
    (part,) = re.findall(r"#/definitions/(\w+)", text)
    for name in SCHEMA["definitions"][part]["properties"]:
        assert f"`{name}`" in rows()[field][0], f"{field}.{name} is not told"


@pytest.mark.parametrize("field", ["lang_status"])
def test_a_closed_set_is_told_whole(field: str) -> None:
    for value in SCHEMA["properties"][field]["enum"]:
        assert f"`{value}`" in rows()[field][0]


def test_headers_are_told() -> None:
    for name in event(ENRICHED)["properties"]:
        assert f"`{name}`" in PAGE.partition("## Headers")[2], name
    for name in PARKED:
        assert f"`{name}`" in PAGE, name
    for value in [*Reason, *(stage.name for stage in PIPELINE if stage.reads)]:
        assert f"`{value}`" in PAGE.partition("## A rejected article")[2], value


def test_the_withdrawn_article_on_the_page_is_one() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    withdrawn = json.loads(text)
    jsonschema.validate(withdrawn, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert withdrawn["state"] == "withdrawn"
    assert withdrawn.keys() == set(SCHEMA["required"]) | {"state"}
