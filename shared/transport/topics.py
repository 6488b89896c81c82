"""Creates the topics of the topology, or says how the broker's differ. `python -m shared.transport.topics --help`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from shared.settings import SettingsError, load
from shared.topology import MIB, PROFILES, TOPICS, Topic
from shared.transport import login
from shared.transport.settings import TransportSettings

DAY_MILLISECONDS = 86_400_000


class TopicsDiffer(Exception):
    """The broker's topics cannot be made to fit: the message says which and why."""


def all_topics(topics: Sequence[Topic] = (*TOPICS, PROFILES)) -> Iterator[Topic]:
    """Every topic, and the rejected one of each topic of articles."""
    for topic in topics:
        yield topic
        if topic.cleanup == "delete":
            yield topic.rejected


def configuration(topic: Topic) -> dict[str, str]:
    """The broker settings of a topic. Only closed segments are compacted, so a compacted topic closes small ones."""
    compacted = {"segment.bytes": str(16 * MIB)} if topic.cleanup == "compact" else {}
    return {
        "cleanup.policy": topic.cleanup,
        "retention.ms": str(topic.retention_days * DAY_MILLISECONDS),
        "max.message.bytes": str(topic.max_bytes),
        "compression.type": "producer",
        **compacted,
    }


def differences(admin: KafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    """What is missing or set otherwise, a line each; empty where broker and topology agree."""
    there = {one["name"]: len(one["partitions"]) for one in admin.describe_topics() if one["name"]}
    lines = [f"{topic.name}: missing" for topic in topics if topic.name not in there]
    present = [topic for topic in topics if topic.name in there]
    lines += [
        f"{topic.name}: {there[topic.name]} partitions, not {topic.partitions}"
        for topic in present
        if there[topic.name] != topic.partitions
    ]
    settings = _settings(admin, present)
    for topic in present:
        for name, wanted in configuration(topic).items():
            if settings[topic.name].get(name) != wanted:
                lines.append(f"{topic.name}: {name} is {settings[topic.name].get(name)}, not {wanted}")
    return lines


def _settings(admin: KafkaAdminClient, topics: Sequence[Topic]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    answers = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics])
    return {name: {key: given["value"] for key, given in found.items()} for name, found in answers["topic"].items()}


def ensure(admin: KafkaAdminClient, topics: Sequence[Topic], replication: int) -> list[str]:
    """Creates what is missing and mends settings; returns what it did. Doing it again does nothing.

    Raises:
        TopicsDiffer: a topic has another number of partitions. Changing it would put revisions of one article on two
            partitions, where their order is lost.
    """
    there = {one["name"]: len(one["partitions"]) for one in admin.describe_topics() if one["name"]}
    for topic in topics:
        if there.get(topic.name, topic.partitions) != topic.partitions:
            raise TopicsDiffer(
                f"{topic.name} has {there[topic.name]} partitions and the topology says {topic.partitions}. Partitions "
                "decide the order of an article's revisions and are never changed: take a new topic or a new broker."
            )
    missing = [topic for topic in topics if topic.name not in there]
    for topic in missing:
        new = NewTopic(topic.name, topic.partitions, replication, topic_configs=configuration(topic))
        with suppress(TopicAlreadyExistsError):  # another one creates them too, or the client sent the request twice
            admin.create_topics([new])
    _wait_until_known(admin, topics)
    done = [f"created {topic.name}" for topic in missing]
    for line in differences(admin, topics):
        name = line.split(":")[0]
        topic = next(one for one in topics if one.name == name)
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs=configuration(topic))], raise_on_unknown=False
        )
        done.append(f"mended {line}")
    return done


def _wait_until_known(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    """A broker answers a creation before all its metadata shows it."""
    for _ in range(100):
        if {topic.name for topic in topics} <= {one["name"] for one in admin.describe_topics()}:
            return
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.transport.topics", description=__doc__.splitlines()[0])
    parser.add_argument("--diff", action="store_true", help="only say how the broker differs; exit status 1 if it does")
    parser.add_argument("--replication", type=int, default=1, help="copies of each partition (default 1)")
    options = parser.parse_args()
    try:
        settings = load(TransportSettings, os.environ)
        topics = [replace(topic, name=settings.topic_prefix + topic.name) for topic in all_topics()]
        admin = KafkaAdminClient(**login.kafka_python(settings))
        lines = differences(admin, topics) if options.diff else ensure(admin, topics, options.replication)
        admin.close()
    except (SettingsError, TopicsDiffer) as error:
        print(error, file=sys.stderr)
        return 2
    except KafkaError as error:
        print(f"no answer from Kafka at {','.join(settings.bootstrap_servers)}: {error}", file=sys.stderr)
        return 3
    print("\n".join(lines) or "topics are as the topology says")
    return 1 if options.diff and lines else 0


if __name__ == "__main__":
    sys.exit(main())
