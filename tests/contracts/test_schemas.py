"""The committed schemas are what the code says, and every message the code writes validates against them."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from shared import codec, schema
from shared.messages import Article, HostProfile, Source
from shared.topology import PROFILES, TOPICS

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("topic", [*TOPICS, PROFILES], ids=lambda topic: topic.name)
def test_committed_schema_is_current(topic):
    committed = (schema.FOLDER / f"{topic.name}.json").read_text(encoding="utf-8")
    assert committed == schema.text(topic), "run `make docs` and commit the difference"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_smallest_message_validates_and_survives_the_codec(topic):
    message: Article = topic.message(
        article_id="0" * 32,
        revision=1,
        url="https://example.org/a",
        source=Source(id="s"),
        first_seen_at=NOW,
        discovered_at=NOW,
        fetched_at=NOW,
    )
    data = codec.encode(message)
    jsonschema.validate(json.loads(data), schema.schema(topic), format_checker=jsonschema.FormatChecker())
    assert codec.decode(data, topic.message) == message
    assert codec.encode(codec.decode(data, topic.message)) == data


def test_a_host_profile_validates_and_survives_the_codec():
    profile = HostProfile(host="a.example", version=7, articles=3, lines=("0" * 32,), brands=("daily",), day_first=True)
    data = codec.encode(profile)
    jsonschema.validate(json.loads(data), schema.schema(PROFILES))
    assert codec.decode(data, HostProfile) == profile
