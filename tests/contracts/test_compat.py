"""The messages still fit what has landed, and the check sees every kind of change that does not."""

import copy
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from shared import compat
from shared.compat import Break, breaks
from shared.schema import schema
from shared.topology import ENRICHED, PROFILES, TOPICS

Json = dict[str, Any]


def test_the_messages_fit_the_landed_schemas() -> None:
    assert not compat.check(), "\n".join(["a change breaks a published contract", *compat.check()])


def test_every_topic_has_landed() -> None:
    landed = {file.stem for file in compat.LANDED.glob("*.json")}
    assert landed == {topic.name for topic in (*TOPICS, PROFILES)}, (
        "run `make landed` at the release that brings the topic"
    )


# -- changes of messages as somebody would write them -----------------------------------------------------------------


class Part(Struct, omit_defaults=True):
    kind: Literal["person", "place"]
    text: str = ""


class Message(Struct, omit_defaults=True):
    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    revision: Annotated[int, Meta(ge=0, le=100)]
    title: str = ""
    share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    count: int = 0
    state: Literal["live", "withdrawn"] = "live"
    published: str | None = None
    place: Part | None = None
    parts: tuple[Part, ...] = ()
    versions: dict[str, str] = {}


def of(message: type[Struct]) -> Json:
    _, parts = msgspec.json.schema_components([message], ref_template="#/definitions/{name}")
    return {**parts.pop(message.__name__), "definitions": parts}


LANDED = of(Message)


def changed(**fields: Any) -> Json:
    """The schema of Message with fields replaced, added, or removed (None); a tuple is (type, default)."""
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(Message):
        default = () if field.required else (field.default if field.default is not msgspec.NODEFAULT else None,)
        if field.default_factory is not msgspec.NODEFAULT:
            default = (field.default_factory(),)
        kept[field.name] = (field.type, *default)
    kept.update(fields)
    made = [(name, *how) for name, how in kept.items() if how is not None]
    required = [one for one in made if len(one) == 2]
    return of(msgspec.defstruct("Message", [*required, *(one for one in made if len(one) == 3)], omit_defaults=True))


class WithRequired(Struct, omit_defaults=True):
    kind: Literal["person", "place"]
    id: str
    text: str = ""


class WithMore(Struct, omit_defaults=True):
    kind: Literal["person", "place"]
    text: str = ""
    id: str = ""
    note: str | None = None


class WithOthers(Struct, omit_defaults=True):
    kind: Literal["person", "place", "ship"]
    text: str = ""


class Closed(Struct, omit_defaults=True, forbid_unknown_fields=True):
    kind: Literal["person", "place"]
    text: str = ""


HEX = "^[0-9a-f]{32}$"
BREAKING = {
    "an optional field removed": (changed(title=None), "title", "consumers"),
    "a required field removed": (changed(revision=None), "revision", "consumers"),
    "a new required field": (changed(author=(str,)), "author", "stages"),
    "required becomes optional": (changed(id=(Annotated[str, Meta(pattern=HEX)], "")), "id", "consumers"),
    "optional becomes required": (changed(title=(str,)), "title", "stages"),
    "another type": (changed(title=(int, 0)), "title", "stages"),
    "text becomes a list": (changed(title=(tuple[str, ...], ())), "title", "consumers"),
    "may be null now": (changed(title=(str | None, "")), "title", "consumers"),
    "may no longer be null": (changed(published=(str, "")), "published", "stages"),
    "whole numbers become any": (changed(count=(float, 0)), "count", "consumers"),
    "any numbers become whole": (
        changed(share=(Annotated[int, Meta(ge=0, le=1)], 0)),
        "share",
        "stages",
    ),
    "a value left a set": (changed(state=(Literal["live"], "live")), "state", "stages"),
    "a value joined a set": (changed(state=(Literal["live", "withdrawn", "gone"], "live")), "state", "consumers"),
    "a set became open": (changed(state=(str, "live")), "state", "consumers"),
    "an open text became a set": (changed(title=(Literal["", "a"], "")), "title", "stages"),
    "another default": (changed(state=(Literal["live", "withdrawn"], "withdrawn")), "state", "consumers and stages"),
    "a pattern joined": (changed(title=(Annotated[str, Meta(pattern="^[a-z]*$")], "")), "title", "stages"),
    "a pattern left": (changed(id=(str,)), "id", "consumers"),
    "another pattern": (changed(id=(Annotated[str, Meta(pattern="^[0-9]{32}$")],)), "id", "consumers and stages"),
    "a higher minimum": (changed(revision=(Annotated[int, Meta(ge=1, le=100)],)), "revision", "stages"),
    "a lower minimum": (changed(revision=(Annotated[int, Meta(ge=-1, le=100)],)), "revision", "consumers"),
    "a lower maximum": (changed(revision=(Annotated[int, Meta(ge=0, le=99)],)), "revision", "stages"),
    "a higher maximum": (changed(revision=(Annotated[int, Meta(ge=0, le=101)],)), "revision", "consumers"),
    "no maximum": (changed(revision=(Annotated[int, Meta(ge=0)],)), "revision", "consumers"),
    "a length joined": (changed(title=(Annotated[str, Meta(max_length=9)], "")), "title", "stages"),
    "a required field in a part": (changed(parts=(tuple[WithRequired, ...], ())), "parts[].id", "stages"),
    "a set in a part grew": (changed(parts=(tuple[WithOthers, ...], ())), "parts[].kind", "consumers"),
    "a set in an optional part grew": (changed(place=(WithOthers | None, None)), "place.kind", "consumers"),
    "a part is closed": (changed(parts=(tuple[Closed, ...], ())), "parts[]", "consumers and stages"),
    "other values in a map": (changed(versions=(dict[str, int], {})), "versions{}", "stages"),
    "a format joined": (LANDED | {"properties": LANDED["properties"] | {"title": {"type": "string", "format": "date",
                        "default": ""}}}, "title", "stages"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_refused_and_says_where_and_whom_it_hurts(name: str) -> None:
    new, field, hurts = BREAKING[name]
    found = breaks(LANDED, new)
    assert (field, hurts) in {(one.field, one.hurts) for one in found}
    assert {one.field for one in found} == {field}, "nothing else changed"


def shuffled() -> Json:
    new = copy.deepcopy(LANDED)
    new["properties"] = dict(reversed(new["properties"].items()))
    new["required"].reverse()
    new["properties"]["state"]["enum"].reverse()
    new["properties"]["place"]["anyOf"].reverse()
    return new


def inlined() -> Json:
    new = copy.deepcopy(LANDED)
    new["properties"]["parts"]["items"] = new["definitions"]["Part"]
    return new


COMPATIBLE = {
    "nothing": changed(),
    "a new text": changed(author=(str, "")),
    "a new optional part": changed(where=(WithRequired | None, None)),
    "a new list of parts with required fields": changed(others=(tuple[WithRequired, ...], ())),
    "new optional fields in a part": changed(parts=(tuple[WithMore, ...], ())),
    "another order": shuffled(),
    "a part written out": inlined(),
    "other words": LANDED | {"title": "Renamed", "description": "Told better.", "$id": "urn:other"},
}


@pytest.mark.parametrize("name", COMPATIBLE)
def test_a_compatible_change_passes(name: str) -> None:
    assert not breaks(LANDED, COMPATIBLE[name])


ADDITIONS = {name for name in COMPATIBLE if name.startswith(("a new", "new"))}


@pytest.mark.parametrize("name", [*BREAKING, *sorted(ADDITIONS)])
def test_what_breaks_one_way_breaks_the_other_way_too(name: str) -> None:
    """And an addition taken back is a removal: only a field that was removed can come back."""
    new = BREAKING[name][0] if name in BREAKING else COMPATIBLE[name]
    assert bool(breaks(new, LANDED)) == (name != "an optional field removed")


# -- the real messages ------------------------------------------------------------------------------------------------


def places(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all schemas of fields in a JSON Schema."""
    found = []
    if isinstance(node, dict):
        for name, one in node.get("properties", {}).items():
            found.append((*path, "properties", name))
            found += places(one, (*path, "properties", name))
        for name, one in node.get("definitions", {}).items():
            found += places(one, (*path, "definitions", name))
    return found


def at(node: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        node = node[part]
    return node


def removed(parent: Json, name: str) -> None:
    del parent["properties"][name]
    if name in parent.get("required", []):
        parent["required"].remove(name)


def retyped(parent: Json, name: str) -> None:
    parent["properties"][name] = {"type": "boolean", "default": True}


def flipped(parent: Json, name: str) -> None:
    required = parent.setdefault("required", [])
    required.remove(name) if name in required else required.append(name)


MUTATIONS: list[Callable[[Json, str], None]] = [removed, retyped, flipped]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_no_field_of_a_real_message_can_break_unseen(topic: Any, mutate: Callable[[Json, str], None]) -> None:
    landed = schema(topic)
    paths = places(landed)
    assert len(paths) > 20
    for path in paths:
        new = copy.deepcopy(landed)
        mutate(at(new, path[:-2]), path[-1])
        found = breaks(landed, new)
        assert found, f"{mutate.__name__} {path}"
        assert {one.field.rpartition(".")[2] for one in found} == {path[-1]}


def test_the_sentence_names_topic_field_and_way_out() -> None:
    text = Break("entities[].type", '["ship"] joined the set', "consumers").text(ENRICHED.name)
    for part in ("article.enriched.v1", "entities[].type", "ship", "consumers", "article.enriched.v2"):
        assert part in text


def test_the_build_fails_on_a_break_and_on_a_topic_that_left(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for topic in TOPICS:
        (tmp_path / f"{topic.name}.json").write_text(json.dumps(schema(topic)))
    monkeypatch.setattr(compat, "LANDED", tmp_path)
    assert compat.check() == []
    landed = schema(ENRICHED)
    landed["properties"]["byline"] = {"type": "string", "default": ""}
    (tmp_path / "article.enriched.v1.json").write_text(json.dumps(landed))
    (tmp_path / "article.found.v1.json").write_text(json.dumps(landed))
    first, second = compat.check()
    assert first.startswith("article.enriched.v1: byline: was removed")
    assert second.startswith("article.found.v1: the topic left")


# -- the law ----------------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
FLIP = st.booleans()
FAMILIES = [  # of kinds that differ by one change
    [{"enum": ["x"]}, {"enum": ["x", "yy"]}, {"type": "string"}, {"type": "string", "maxLength": 1}],
    [{"type": "string"}, {"type": "string", "pattern": "^y"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}],
    [{"type": "integer"}, {"type": "integer", "minimum": 0}, {"type": "integer", "maximum": 2}, {"type": "number"}],
    [{"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "string"}}],
    [{"type": "object", "additionalProperties": {"type": kind}} for kind in ("integer", "string")],
]
KINDS = [kind for family in FAMILIES for kind in family]


def messages(fields: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Schemas of objects with some of three fields, some of which are required."""

    def made(properties: Json, required: set[str]) -> Json:
        return {"type": "object", "properties": properties, "required": sorted(required & properties.keys())}

    return st.builds(made, st.dictionaries(st.sampled_from(NAMES), fields), st.sets(st.sampled_from(NAMES)))


SCHEMAS = messages(st.sampled_from(KINDS) | messages(st.sampled_from(KINDS)))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "x", "y", "yy"]),
    "integer": st.integers(-2, 3),
    "number": st.sampled_from([-1, 0, 0.5, 2]),
    "null": st.none(),
    "array": st.lists(st.integers(0, 1) | st.just("x"), max_size=2),
    "object": st.dictionaries(st.sampled_from(NAMES), st.integers(0, 1) | st.just("x"), max_size=2),
}


@st.composite
def written(draw: st.DrawFn, schema: Json) -> Any:
    """What a writer of `schema` writes: valid, and without fields that it does not have."""
    if "properties" in schema:
        required = set(schema["required"])
        return {
            name: draw(written(one)) for name, one in schema["properties"].items() if name in required or draw(FLIP)
        }
    one = draw(st.sampled_from(schema.get("anyOf", [schema])))
    return draw(VALUES[one.get("type", "string")].filter(jsonschema.Draft7Validator(one).is_valid))


@st.composite
def edits(draw: st.DrawFn, old: Json) -> Json:
    """A schema with one field of `old` made, replaced, removed, or required otherwise, there or one level down."""
    properties, required, name = dict(old["properties"]), set(old["required"]), draw(st.sampled_from(NAMES))
    inner = properties.get(name, {})
    if "properties" in inner and draw(FLIP):
        properties[name] = draw(edits(inner))
    elif name not in properties:
        properties[name] = draw(st.sampled_from(KINDS))
        required |= {name} & draw(st.sets(st.just(name)))
    elif draw(FLIP):
        family = draw(st.sampled_from([one for one in FAMILIES if inner in one] or FAMILIES))
        properties[name] = draw(st.sampled_from(family))
    elif draw(FLIP):
        del properties[name]
    else:
        required ^= {name}
    return old | {"properties": properties, "required": sorted(required & properties.keys())}


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(SCHEMAS, st.data())
def test_what_passes_can_be_read_across_the_release_both_ways(old: Json, data: st.DataObject) -> None:
    """Whatever either side writes the other can read, where nothing is said to break."""
    new = data.draw(edits(old))
    assume(not breaks(old, new))
    before, after = data.draw(written(old)), data.draw(written(new))
    assert jsonschema.Draft7Validator(new).is_valid(before), "our stages cannot read an old message"
    assert jsonschema.Draft7Validator(old).is_valid(after), "consumers cannot read a new message"
