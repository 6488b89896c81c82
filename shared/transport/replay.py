"""Parked messages back onto their topic, by reason: `python -m shared.transport.replay --topic T --reason R`.

A copy: what is parked stays parked until its retention ends. Key, value and headers go back as they first came.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from shared.outcomes import Reason
from shared.settings import SettingsError, load
from shared.topology import TOPICS, Topic
from shared.transport import login
from shared.transport.envelope import unparked
from shared.transport.kafka_edge import producer, sendable
from shared.transport.parking import POLICY
from shared.transport.settings import TransportSettings

ACK_SECONDS = 60.0
AHEAD = 100  # messages sent and not yet acknowledged


def parked(settings: TransportSettings, topic: Topic) -> Iterator[Any]:
    """Every message that is parked from `topic` now, partition by partition.

    Raises:
        KafkaError: no broker answers.
    """
    name = settings.topic_prefix + topic.rejected.name
    reader = KafkaConsumer(
        **login.kafka_python(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        for number in sorted(reader.partitions_for_topic(name)):
            partition = TopicPartition(name, number)
            reader.assign([partition])
            reader.seek_to_beginning(partition)
            end = reader.end_offsets([partition])[partition]
            while reader.position(partition) < end:
                for record in reader.poll(timeout_ms=500).get(partition, ()):
                    if record.offset < end:
                        yield record
    finally:
        reader.close()


def replay(settings: TransportSettings, topic: Topic, reasons: Sequence[Reason], dry_run: bool = False) -> Counter[str]:
    """Sends what is parked for one of `reasons` back to `topic`. Returns how many, by reason, when the broker has them.

    Raises:
        KafkaError: no broker answers, or it refuses a message; what was sent by then may come again.
    """
    counts: Counter[str] = Counter()
    sender: KafkaProducer | None = None if dry_run else producer(settings)
    waiting: list[Any] = []
    try:
        for record in parked(settings, topic):
            reason = (dict(record.headers).get("parked_reason") or b"").decode("ascii", "replace")
            if reason not in reasons:
                continue
            counts[reason] += 1
            if sender is not None:
                sent = sendable(record.key, record.value, unparked(record.headers))
                waiting.append(sender.send(settings.topic_prefix + topic.name, **sent))
            if len(waiting) >= AHEAD:
                waiting.pop(0).get(ACK_SECONDS)
        for future in waiting:
            future.get(ACK_SECONDS)
    finally:
        if sender is not None:
            sender.close(ACK_SECONDS)
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status: 0, 2 set up wrong, 3 no answer from Kafka."""
    topics = {topic.name: topic for topic in TOPICS}
    # Of a policy rejection only a digest is kept: there is nothing to send.
    reasons = [str(reason) for reason in Reason if reason not in POLICY]
    parser = argparse.ArgumentParser(prog="python -m shared.transport.replay", description=__doc__.splitlines()[0])
    parser.add_argument("--topic", required=True, choices=topics, help="where the messages were read and go back to")
    parser.add_argument("--reason", required=True, nargs="+", choices=reasons, help="why they were parked")
    parser.add_argument("--dry-run", action="store_true", help="only count")
    options = parser.parse_args(arguments)
    wanted = [Reason(name) for name in options.reason]
    try:
        settings = load(TransportSettings, os.environ)
        counts = replay(settings, topics[options.topic], wanted, options.dry_run)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except KafkaError as error:
        print(f"Kafka at {','.join(settings.bootstrap_servers)}: {type(error).__name__}: {error}", file=sys.stderr)
        return 3
    for reason in wanted:
        print(f"{counts[reason]} {reason}: {'would go' if options.dry_run else 'sent'} to {options.topic}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
