"""Topics are made as the topology says, mended where that is safe, and refused where it is not."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from shared.topology import CLEAN, PROFILES, RAW
from shared.transport.topics import TopicsDiffer, all_topics, differences, ensure, main
from tests.fixtures.streams import fresh_prefix

pytestmark = pytest.mark.integration


@pytest.fixture
def admin(kafka: str) -> Iterator[KafkaAdminClient]:
    one = KafkaAdminClient(bootstrap_servers=kafka)
    yield one
    one.close()


def test_topics_are_made_once_and_their_settings_mended(admin: KafkaAdminClient):
    prefix = fresh_prefix()
    topics = [replace(topic, name=prefix + topic.name) for topic in all_topics((RAW, PROFILES))]
    names = [topic.name for topic in topics]
    assert differences(admin, topics) == [f"{name}: missing" for name in names]
    assert ensure(admin, topics, 1) == [f"created {name}" for name in names]
    assert differences(admin, topics) == ensure(admin, topics, 1) == []

    other = ConfigResource(ConfigResourceType.TOPIC, names[0], {"retention.ms": "1000"})
    admin.alter_configs([other])
    (line,) = differences(admin, topics)
    assert line.startswith(f"{names[0]}: retention.ms is 1000, not ")
    assert ensure(admin, topics, 1)[0] == f"mended {line}"
    assert differences(admin, topics) == []


def test_another_number_of_partitions_is_told_and_never_changed(admin: KafkaAdminClient):
    ours = replace(CLEAN, name=fresh_prefix() + CLEAN.name)
    more = replace(ours, partitions=ours.partitions + 1)
    missing = replace(ours, name=f"{ours.name}.never")
    ensure(admin, [ours], 1)
    assert differences(admin, [more]) == [f"{ours.name}: {ours.partitions} partitions, not {more.partitions}"]
    with pytest.raises(TopicsDiffer, match="are never changed"):
        ensure(admin, [missing, more], 1)
    assert differences(admin, [ours, missing]) == [f"{missing.name}: missing"], "something was done all the same"


def test_the_command_makes_the_topics_that_the_services_of_this_prefix_use(
    kafka: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    prefix = fresh_prefix()
    monkeypatch.setenv("WIREROOM_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("WIREROOM_TOPIC_PREFIX", prefix)
    every = [prefix + topic.name for topic in all_topics()]

    def run(*arguments: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["topics", *arguments])
        return main(), capsys.readouterr().out.splitlines()

    assert run("--diff") == (1, [f"{name}: missing" for name in every])
    assert run() == (0, [f"created {name}" for name in every])
    assert run() == run("--diff") == (0, ["topics are as the topology says"])
