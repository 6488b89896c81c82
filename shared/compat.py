"""Does a changed message schema still fit the landed one? Says what breaks, for whom, and what to do.

Two parties read a topic across a release. Consumers hold the landed schema and read new messages; our stages hold the
new schema and read old messages that are still on the topic. So what a field may hold can neither grow nor shrink: a
value that the landed schema does not know breaks consumers, one that the new schema refuses parks old messages. Absent
means the default, so a default is part of the meaning. What is left is to add fields that may be absent, and to change
names of definitions, order, titles and descriptions. Compatible steps add up, so looking at the last landed schema is
enough (it is what schema registries call FULL_TRANSITIVE).

`python -m shared.compat` compares the code with `shared/schemas/landed/`; `--land` then makes it the landed schema.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.schema import FOLDER, schema
from shared.topology import PROFILES, TOPICS

LANDED = FOLDER / "landed"
ANNOTATIONS = frozenset({"title", "description", "examples", "$schema", "$id", "$comment", "definitions"})
SHAPES = frozenset({"properties", "required", "items", "additionalProperties", "anyOf", "$ref", "enum", "default"})
LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})  # higher allows less
UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})  # lower allows less

Schema = Mapping[str, Any]
Party = Literal["consumers", "stages", "consumers and stages"]
HARM: Mapping[Party, str] = {
    "consumers": "consumers of the landed schema cannot read new messages",
    "stages": "our stages would park messages that are already on the topic",
    "consumers and stages": "neither consumers nor our own stages could read across the release",
}


@dataclass(frozen=True, slots=True)
class Break:
    """One change that does not fit: the path of the field (`entities[].type`), what changed, and who is hurt."""

    field: str
    change: str
    hurts: Party

    def text(self, topic: str) -> str:
        """The sentence that fails the build."""
        name, _, version = topic.rpartition(".v")
        return (
            f"{topic}: {self.field or 'the message'}: {self.change}; {HARM[self.hurts]}. "
            f"Add a new field beside it, or put the new shape on a new topic {name}.v{int(version) + 1}."
        )


def breaks(old: Schema, new: Schema) -> list[Break]:
    """What in `new` does not fit readers and messages of `old`. Both are JSON Schemas with their `definitions`."""
    return list(_compared("", old, new, old, new))


def _resolved(node: Schema, root: Schema) -> Schema:
    """A node with its reference followed; what stands beside the reference (a default) stays."""
    while "$ref" in node:
        target = root["definitions"][node["$ref"].removeprefix("#/definitions/")]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _compared(field: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> Iterator[Break]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if _json(old.get("default")) != _json(new.get("default")):
        change = f"the default became {_json(new.get('default'))} and was {_json(old.get('default'))}: absent says that"
        yield Break(field, change, "consumers and stages")
    before, after = _alternatives(old, old_root), _alternatives(new, new_root)
    for kind in sorted(before.keys() - after.keys() - _numbers(after)):
        yield Break(field, f"{kind} is no longer allowed", "stages")
    for kind in sorted(after.keys() - before.keys() - _numbers(before)):
        yield Break(field, f"{kind} is allowed now", "consumers")
    for kind in sorted(before.keys() & after.keys()):
        yield from _values(field, before[kind], after[kind], old_root, new_root)


def _alternatives(node: Schema, root: Schema) -> dict[str, Schema]:
    """What a node allows by JSON type: our messages have at most one alternative of each."""
    found: dict[str, Schema] = {}
    for one in node.get("anyOf", [node]):
        part = _resolved(one, root)
        kinds = part.get("type", "string" if "enum" in part else "anything")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if kind in found:
                raise ValueError(
                    f"two alternatives of type {kind}: {_json(node)}; teach shared/compat.py how to compare"
                )
            found[kind] = part
    return found


def _numbers(kinds: Mapping[str, Schema]) -> set[str]:
    """The types that `number` includes, where it is among `kinds`."""
    return {"integer"} if "number" in kinds else set()


def _values(field: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> Iterator[Break]:
    """Two alternatives of one JSON type."""
    if "enum" in old or "enum" in new:
        yield from _enum(field, old.get("enum"), new.get("enum"))
    for key in sorted((old.keys() | new.keys()) - ANNOTATIONS - SHAPES - {"type"}):
        if old.get(key) != new.get(key):
            change = f"{key} became {_json(new.get(key))} and was {_json(old.get(key))}"
            yield Break(field, change, _hurt(key, old.get(key), new.get(key)))
    if "items" in old or "items" in new:
        yield from _compared(f"{field}[]", old.get("items", {}), new.get("items", {}), old_root, new_root)
    yield from _more(
        field, old.get("additionalProperties", True), new.get("additionalProperties", True), old_root, new_root
    )
    yield from _properties(field, old, new, old_root, new_root)


def _enum(field: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[Break]:
    if old is None or new is None:
        yield Break(
            field,
            "a closed set became open" if new is None else "an open set became closed",
            "consumers" if new is None else "stages",
        )
        return
    gone, added = [one for one in old if one not in new], [one for one in new if one not in old]
    if gone:
        yield Break(field, f"{_json(gone)} left the set", "stages")
    if added:
        yield Break(field, f"{_json(added)} joined the set", "consumers")


def _hurt(key: str, old: Any, new: Any) -> Party:
    """Who is hurt by another limit: those whose side allows less."""
    if key not in LOWER | UPPER:
        return "consumers" if new is None else "stages" if old is None else "consumers and stages"
    wider = new is None or (old is not None and (new < old if key in LOWER else new > old))
    return "consumers" if wider else "stages"


def _more(field: str, old: Any, new: Any, old_root: Schema, new_root: Schema) -> Iterator[Break]:
    """What fields without a name of their own may hold: the values of a map, or whatever a later release adds."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _compared(f"{field}{{}}", old, new, old_root, new_root)
    elif old != new:
        change = "is closed to fields that a later release adds" if new is False else "its unnamed fields changed"
        yield Break(field, change, "consumers and stages")


def _properties(field: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> Iterator[Break]:
    before, after = old.get("properties", {}), new.get("properties", {})
    must, must_now = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        path = f"{field}.{name}".lstrip(".")
        if name not in after:
            yield Break(path, "was removed", "consumers")
            continue
        if name in must - must_now:
            yield Break(path, "may be absent now", "consumers")
        if name in must_now - must:
            yield Break(path, "may no longer be absent", "stages")
        yield from _compared(path, before[name], after[name], old_root, new_root)
    for name in sorted(must_now - before.keys()):
        yield Break(f"{field}.{name}".lstrip("."), "is new and may not be absent: give it a default", "stages")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def check() -> list[str]:
    """A sentence for each way in which the code does not fit `shared/schemas/landed/`; none is good news."""
    now = {topic.name: schema(topic) for topic in (*TOPICS, PROFILES)}
    found = []
    for file in sorted(LANDED.glob("*.json")):
        old = json.loads(file.read_text(encoding="utf-8"))
        if file.stem not in now:
            found.append(f"{file.stem}: the topic left the topology; keep writing it until its readers have moved on.")
        else:
            found += [one.text(file.stem) for one in breaks(old, now[file.stem])]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.compat", description=__doc__.splitlines()[0])
    parser.add_argument("--land", action="store_true", help="if all fits, make it the landed schemas (at a release)")
    land = parser.parse_args().land
    found = check()
    sys.stderr.writelines(f"{line}\n" for line in found)
    if land and not found:
        LANDED.mkdir(exist_ok=True)
        for topic in (*TOPICS, PROFILES):
            (LANDED / f"{topic.name}.json").write_bytes((FOLDER / f"{topic.name}.json").read_bytes())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
