"""The AsyncAPI document: what the topology says, what the standard allows, what the stages really send."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
import yaml

from shared import schema
from shared.outcomes import Done, Reason
from shared.topology import PIPELINE, STAGES, TOPICS, Topic
from shared.transport import asyncapi
from shared.transport.envelope import event_headers, parked_headers
from shared.transport.topics import all_topics, configuration
from tests.servers.java import CACHE

# The schema that the AsyncAPI initiative publishes (Apache-2.0): an npm package without dependencies.
SPECS = "@asyncapi/specs@6.11.1"
SPECS_SHA512 = "A3WBLqAKGoJ2+6FWFtpjBlCQ1oFCcs4GxF7zsIGvNqp/klGUHjlA3aAcZ9XMMpLGE8zPeYDz2x9FmO6DSuKraQ=="
DOCUMENT = yaml.safe_load(asyncapi.FILE.read_text(encoding="utf-8"))
ARTICLE = "5e884898da28047151d0e56f8dc62927"


@pytest.fixture(scope="session")
def standard() -> dict[str, Any]:
    """The JSON Schema of AsyncAPI 3.0 documents, downloaded once and checked against its digest."""
    package = CACHE / "asyncapi-specs-6.11.1.tgz"
    if not package.exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        command = [npm or "", "pack", "--silent", "--pack-destination", str(package.parent), SPECS]
        if npm is None or subprocess.run(command, capture_output=True, timeout=120).returncode or not package.exists():
            reason = f"{SPECS} cannot be had (needs npm): the document was not checked against the standard's schema"
            if os.environ.get("WIREROOM_REQUIRE_SERVERS") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    assert digest == SPECS_SHA512, f"{package} is not what was pinned; delete it"
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/schemas/3.0.0.json")
        assert file is not None
        found: dict[str, Any] = json.load(file)
        return found


def test_the_committed_document_is_current() -> None:
    assert asyncapi.FILE.read_text(encoding="utf-8") == asyncapi.text(), "run `make docs` and commit the difference"


def test_the_standard_allows_the_document(standard: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(standard).validate(DOCUMENT)


@pytest.mark.parametrize("key", ["info", "channels", "operations"])
def test_the_standards_schema_sees_what_is_wrong(standard: dict[str, Any], key: str) -> None:
    broken = DOCUMENT | {key: {"wrong": 1}}
    assert not jsonschema.Draft7Validator(standard).is_valid(broken)


def test_every_topic_is_a_channel_with_its_broker_settings() -> None:
    assert list(DOCUMENT["channels"]) == [topic.name for topic in all_topics()]
    for topic in all_topics():
        kafka = DOCUMENT["channels"][topic.name]["bindings"]["kafka"]
        assert kafka["partitions"] == topic.partitions
        given = {
            name: value[0] if isinstance(value, list) else str(value) for name, value in configuration(topic).items()
        }
        for name, value in kafka["topicConfiguration"].items():
            assert str(value[0] if isinstance(value, list) else value) == given[name]


def test_operations_are_what_the_stages_do() -> None:
    wanted = {(f"{s.name}.receive", "receive", s.reads.name) for s in STAGES if s.reads}
    wanted |= {(f"{s.name}.park", "send", s.reads.rejected.name) for s in STAGES if s.reads and s.parks}
    wanted |= {(f"{s.name}.send", "send", s.writes.name) for s in STAGES if s.writes}
    wanted |= {(f"{s.name}.know", "receive", s.beside.name) for s in STAGES if s.beside}
    found = {
        (name, one["action"], one["channel"]["$ref"].removeprefix("#/channels/"))
        for name, one in DOCUMENT["operations"].items()
    }
    assert found == wanted


def references(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        here = [tree["$ref"]] if isinstance(tree.get("$ref"), str) else []
        return here + [found for value in tree.values() for found in references(value)]
    return [found for value in tree for found in references(value)] if isinstance(tree, list) else []


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert found
    for reference in found:
        file, _, pointer = reference.partition("#")
        target = json.loads((asyncapi.FILE.parent / file).read_text()) if file else DOCUMENT
        for part in filter(None, pointer.split("/")):
            target = target[part]


def component(topic: Topic, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["components"]["messages"][prefix + topic.message.__name__]
    return found


def validator(part: dict[str, Any]) -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(part)
    return jsonschema.Draft7Validator(part, format_checker=jsonschema.FormatChecker())


def as_text(headers: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_headers_are_as_the_stages_send_them(topic: Topic) -> None:
    writer = next(stage for stage in PIPELINE if stage.writes == topic)
    done = Done(stage=writer.name, outcome="passed", article_id=ARTICLE, revision=1)
    described = component(topic)["headers"]
    for incoming in ((), [("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"), ("tracestate", b"a=1")]):
        sent = as_text(event_headers(done, topic.name, incoming))
        validator(described).validate(sent)
        assert set(sent) <= set(described["properties"])
        assert set(described["required"]) <= set(sent)


@pytest.mark.parametrize("reason", [Reason.EMPTY, Reason.POLICY_TDM])
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_headers_of_rejected_messages_are_as_the_stages_send_them(topic: Topic, reason: Reason) -> None:
    stage = next(stage for stage in PIPELINE if stage.reads == topic)
    done = Done(stage=stage.name, outcome="rejected", reason=reason, detail="why", article_id=ARTICLE)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    sent = as_text(parked_headers(done, [], topic=topic.name, partition=3, offset=9, at=at, tries=1))
    described = component(topic, "Rejected")["headers"]
    validator(described).validate(sent)
    assert set(described["required"]) == set(sent)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_examples_are_messages(topic: Topic) -> None:
    for example in component(topic)["examples"]:
        validator(schema.schema(topic)).validate(example["payload"])
        validator(component(topic)["headers"]).validate(example["headers"])
