"""The AsyncAPI 3.0 document of all topics, for consumers and their tools: generated, committed, checked for drift.

`python -m shared.transport.asyncapi` writes `shared/schemas/asyncapi.yaml`; the messages are the JSON Schemas beside
it. https://www.asyncapi.com/docs/reference/specification/v3.0.0, Kafka bindings 0.5.0.
"""

import tomllib
from pathlib import Path
from typing import Any

import yaml

from shared.messages import LAST_REVISION
from shared.outcomes import Done, Reason
from shared.schema import FOLDER
from shared.topology import PIPELINE, PROFILES, STAGES, TOPICS, Stage, Topic
from shared.transport.envelope import event_headers
from shared.transport.topics import configuration

FILE = FOLDER / "asyncapi.yaml"
BINDING = "0.5.0"
JSON_SCHEMA = "application/schema+json;version=draft-07"
HEX_32 = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
NUMBER = {"type": "string", "pattern": "^[0-9]+$"}

Tree = dict[str, Any]

PARKED: Tree = {
    "parked_stage": {"enum": [stage.name for stage in PIPELINE if stage.reads], "description": "who parked it"},
    "parked_reason": {"enum": [str(reason) for reason in Reason], "description": "why, from a closed set"},
    "parked_detail": {"type": "string", "description": "why, for people; at most 1,024 characters"},
    "parked_at": {"type": "string", "format": "date-time", "description": "when"},
    "parked_topic": {"type": "string", "description": "the topic it was read from"},
    "parked_partition": {**NUMBER, "description": "its partition there"},
    "parked_offset": {**NUMBER, "description": "its offset there"},
    "parked_attempts": {**NUMBER, "description": "how often it was tried"},
}
DIGEST: Tree = {
    "title": "PolicyDigest",
    "description": "What is kept where the publisher reserved its rights: which article, and a digest of the message.",
    "type": "object",
    "properties": {
        "article_id": HEX_32,
        "revision": {"type": "integer", "minimum": 0, "maximum": LAST_REVISION},
        "url": {"type": "string"},
        "digest": {**HEX_32, "description": "blake2b-128 of the message as it stood on its topic"},
    },
    "required": ["article_id", "revision", "url", "digest"],
}


def event(topic: Topic) -> Tree:
    """Schema of the headers of a message on `topic`, as UTF-8 text."""
    writer = next(stage for stage in PIPELINE if stage.writes == topic)
    properties: Tree = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**HEX_32, "description": "the same for a message that is sent again"},
        "ce_type": {"const": f"wireroom.{topic.name}"},
        "ce_source": {"const": f"/wireroom/{writer.name}"},
        "ce_time": {"type": "string", "format": "date-time", "description": "when this revision was fetched"},
        "ce_subject": {**HEX_32, "description": "the article_id"},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C Trace Context: the span of the stage that sent it"},
        "tracestate": {"type": "string", "description": "W3C Trace Context, where the trace came with one"},
    }
    return {"type": "object", "properties": properties, "required": [n for n in properties if n != "tracestate"]}


def rejected_event(topic: Topic) -> Tree:
    """Schema of the headers of a message that was parked: its own as they were, then who parked it and why.

    Of its own none is promised: a message may be parked because it is none of ours.
    """
    return {"type": "object", "properties": {**event(topic)["properties"], **PARKED}, "required": list(PARKED)}


def example(topic: Topic) -> Tree:
    """A withdrawn article: the smallest message of every topic, and the one that consumers forget."""
    writer = next(stage for stage in PIPELINE if stage.writes == topic)
    address, revision = "5e884898da28047151d0e56f8dc62927", 1_795_334_400_000
    done = Done(stage=writer.name, outcome="passed", article_id=address, revision=revision)
    payload = {"article_id": address, "revision": revision, "url": "https://news.example.org/withdrawn"}
    times = dict.fromkeys(("first_seen_at", "discovered_at", "fetched_at"), "2026-11-22T08:00:00Z")
    return {
        "name": "withdrawn",
        "headers": {name: (value or b"").decode() for name, value in event_headers(done, topic.name, ())},
        "payload": {**payload, "source": {"id": "example", "channel": "feed"}, "state": "withdrawn", **times},
    }


def message(topic: Topic) -> Tree:
    """The message object of `topic`."""
    return {
        "name": topic.message.__name__,
        "title": topic.message.__name__,
        "summary": (topic.message.__doc__ or "").splitlines()[0],
        "contentType": "application/json",
        "headers": event(topic),
        "payload": {"schemaFormat": JSON_SCHEMA, "schema": {"$ref": f"./{topic.name}.json"}},
        "bindings": {"kafka": {"key": {**HEX_32, "description": "the article_id"}, "bindingVersion": BINDING}},
        "examples": [example(topic)],
    }


def profile_message() -> Tree:
    """The message object of the host profiles: state, by host, without headers."""
    key = {"type": "string", "description": "the host, in lower case, without www."}
    return {
        "name": PROFILES.message.__name__,
        "title": PROFILES.message.__name__,
        "summary": (PROFILES.message.__doc__ or "").splitlines()[0],
        "description": "The newest message of a key counts; one without a value says that the host was forgotten.",
        "contentType": "application/json",
        "payload": {"schemaFormat": JSON_SCHEMA, "schema": {"$ref": f"./{PROFILES.name}.json"}},
        "bindings": {"kafka": {"key": key, "bindingVersion": BINDING}},
    }


def rejected_message(topic: Topic) -> Tree:
    """The message object of `topic.rejected`."""
    return {
        "name": f"Rejected{topic.message.__name__}",
        "title": f"Rejected {topic.message.__name__}",
        "summary": f"A message of `{topic.name}` that a stage declined: key, value and headers byte for byte.",
        "description": "Where parked_reason is undecodable the value can be anything; where it begins with policy_ the "
        "value is a digest. A replay sends it to parked_topic again without the parked_ headers.",
        "headers": rejected_event(topic),
        "payload": {"schemaFormat": JSON_SCHEMA, "schema": {"anyOf": [{"$ref": f"./{topic.name}.json"}, DIGEST]}},
        "bindings": {"kafka": {"bindingVersion": BINDING}},
    }


def channel(topic: Topic, name: str, summary: str) -> Tree:
    """The channel object of `topic`, carrying the component message `name`."""
    settings: Tree = dict(configuration(topic))
    kept = {
        "cleanup.policy": [settings["cleanup.policy"]],
        "retention.ms": int(settings["retention.ms"]),
        "max.message.bytes": int(settings["max.message.bytes"]),
    }
    kafka = {"partitions": topic.partitions, "topicConfiguration": kept, "bindingVersion": BINDING}
    return {
        "address": topic.name,
        "summary": summary,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": kafka},
    }


def operations(stage: Stage) -> Tree:
    """What a stage does with its topics."""

    def operation(action: str, topic: Topic, summary: str) -> Tree:
        return {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}, "summary": summary}

    found: Tree = {}
    if stage.beside:
        found[f"{stage.name}.know"] = operation("receive", stage.beside, "what is known of hosts, read whole")
    if stage.reads:
        group = {"kafka": {"groupId": {"type": "string", "const": stage.name}, "bindingVersion": BINDING}}
        found[f"{stage.name}.receive"] = operation("receive", stage.reads, stage.does) | {"bindings": group}
    if stage.reads and stage.parks:
        found[f"{stage.name}.park"] = operation("send", stage.reads.rejected, "what it declines, with the reason")
    if stage.writes:
        found[f"{stage.name}.send"] = operation("send", stage.writes, stage.does)
    return found


def document() -> Tree:
    """The whole AsyncAPI document."""
    project = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text())["project"]
    channels: Tree = {}
    messages: Tree = {}
    for topic in TOPICS:
        name = topic.message.__name__
        messages |= {name: message(topic), f"Rejected{name}": rejected_message(topic)}
        channels[topic.name] = channel(topic, name, (topic.message.__doc__ or "").splitlines()[0])
        channels[topic.rejected.name] = channel(topic.rejected, f"Rejected{name}", f"parked from {topic.name}")
    name = PROFILES.message.__name__
    messages[name] = profile_message()
    channels[PROFILES.name] = channel(PROFILES, name, messages[name]["summary"])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wireroom",
            "version": project["version"],
            "description": f"{project['description']}. Delivery is at least once, in order per article; the key of "
            "an article's message is its article_id. Fields that have their default are left out. A field may be added "
            "any time; whatever else changes gets a new topic. Read docs/consume.md before you write a consumer.",
            "license": {"name": project["license"]["text"]},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": {name: one for stage in STAGES for name, one in operations(stage).items()},
        "components": {"messages": messages},
    }


class _Plain(yaml.SafeDumper):
    """Writes a value out each time it occurs: anchors are no part of what every YAML reader handles."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text() -> str:
    """The file as committed."""
    note = "# Generated by `make docs` from shared/topology.py; edit that.\n"
    return note + yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
