"""How much waits on a stage's topic, by what the broker knows: for the gauges of a process, and for people.

`python -m shared.transport.lag` prints it for every stage, also for one whose processes are all gone and say nothing.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Collection
from contextlib import suppress

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import CoordinatorNotAvailableError, KafkaError

from shared.observe.metrics import CONSUMER_LAG_MESSAGES
from shared.settings import SettingsError, load
from shared.topology import STAGES, Stage, Topic
from shared.transport import login
from shared.transport.settings import TransportSettings

EVERY_SECONDS = 5.0
ANSWER_MILLISECONDS = 5_000


def client(settings: TransportSettings) -> KafkaAdminClient:
    """A client that gives up soon: the next look comes anyway.

    Raises:
        KafkaError: no broker answers.
    """
    return KafkaAdminClient(
        **login.kafka_python(settings), request_timeout_ms=ANSWER_MILLISECONDS, bootstrap_timeout_ms=ANSWER_MILLISECONDS
    )


def topic_of(stage: Stage) -> Topic:
    """The topic that `stage` reads."""
    if stage.reads is None:
        raise ValueError(f"{stage.name} reads no topic")
    return stage.reads


def waiting(admin: KafkaAdminClient, stage: Stage, prefix: str) -> dict[int, int]:
    """Messages after the committed offset, by partition; what retention has taken away waits no more.

    Raises:
        KafkaError: the broker cannot say, or has no such topic.
    """
    topic, group = topic_of(stage), prefix + stage.name
    partitions = [TopicPartition(prefix + topic.name, number) for number in range(topic.partitions)]
    begins = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    committed = {}
    with suppress(CoordinatorNotAvailableError):  # nobody has committed anything on this broker yet
        committed = admin.list_group_offsets(group)[group]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    found = {}
    for one in partitions:
        done = committed[one].offset if one in committed else 0
        found[one.partition] = max(0, ends[one].offset - max(done, begins[one].offset))
    return found


async def follow(stage: Stage, settings: TransportSettings, owned: Callable[[], Collection[int]]) -> None:
    """Keeps the gauges of the partitions that this process owns, until cancelled.

    While the broker is away they keep their last values; a partition that moved away takes its series along.
    """
    topic = topic_of(stage).name
    shown: set[int] = set()
    admin: KafkaAdminClient | None = None
    while True:
        try:
            admin = admin or await asyncio.to_thread(client, settings)
            found = await asyncio.to_thread(waiting, admin, stage, settings.topic_prefix)
        except KafkaError:
            if admin is not None:
                await asyncio.to_thread(admin.close)
                admin = None
        else:
            mine = set(owned())
            for partition in mine:
                CONSUMER_LAG_MESSAGES.labels(stage.name, topic, partition).set(found[partition])
            for partition in shown - mine:
                CONSUMER_LAG_MESSAGES.remove(stage.name, topic, partition)
            shown = mine
        await asyncio.sleep(EVERY_SECONDS)


def main() -> int:
    readers = {stage.name: stage for stage in STAGES if stage.reads}
    parser = argparse.ArgumentParser(prog="python -m shared.transport.lag", description=__doc__.splitlines()[0])
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"one of {', '.join(readers)}; all if none is named")
    wanted = parser.parse_args().stages or list(readers)
    if unknown := [name for name in wanted if name not in readers]:
        parser.error(f"{unknown[0]} reads no topic")
    try:
        settings = load(TransportSettings, os.environ)
        admin = client(settings)
        for name in wanted:
            found = waiting(admin, readers[name], settings.topic_prefix)
            print(f"{name:10} {topic_of(readers[name]).name:24} {sum(found.values()):10,} waiting")
        admin.close()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except KafkaError as error:
        print(f"Kafka at {','.join(settings.bootstrap_servers)} cannot say: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
