"""Reads all partitions of a topic from a place that the caller knows: for state that is one, and not shared out.

Nobody takes partitions away from such a reader, so there is nothing to rebalance. With a stage's name it commits in the
stage's group, which it is no member of: only so that everybody can see how far it has come (`lag.py`).
"""

from collections.abc import Mapping

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from shared.topology import Stage, Topic
from shared.transport import login
from shared.transport.kafka_edge import FETCH_BYTES, FETCH_LEAST_BYTES
from shared.transport.lanes import Letter
from shared.transport.settings import TransportSettings

ASK_SECONDS = 10.0  # for the broker to say which partitions a topic has
COMMIT_MILLISECONDS = 5_000


class NoTopic(RuntimeError):
    """The topic is not there."""


class Reader:
    """One consumer for all partitions of `topic`. Belongs to one thread.

    Raises:
        KafkaError: no broker answers.
        NoTopic: there is no such topic.
    """

    def __init__(self, topic: Topic, settings: TransportSettings, stage: Stage | None = None) -> None:
        name = settings.topic_prefix + topic.name
        self._commits = stage is not None
        self._consumer = KafkaConsumer(
            **login.kafka_python(settings),
            group_id=settings.topic_prefix + stage.name if stage else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # also where retention has taken away what would be next
            max_poll_records=200,
            fetch_min_bytes=FETCH_LEAST_BYTES,
            fetch_max_bytes=32 << 20,
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        numbers = self._consumer.partitions_for_topic(name)
        if not numbers:
            self._consumer.close(autocommit=False)
            raise NoTopic(f"no topic {name}: create it with python -m shared.transport.topics")
        self._partitions = {number: TopicPartition(name, number) for number in sorted(numbers)}

    @property
    def partitions(self) -> set[int]:
        """The numbers of all partitions."""
        return set(self._partitions)

    def start(self, places: Mapping[int, int]) -> None:
        """Begins at these offsets; a partition that has none, or whose offset is beyond its end, from its beginning."""
        self._consumer.assign(list(self._partitions.values()))
        ends = self.ends()
        for number, partition in self._partitions.items():
            if places.get(number, ends[number] + 1) <= ends[number]:
                self._consumer.seek(partition, places[number])
            else:
                self._consumer.seek_to_beginning(partition)

    def ends(self) -> dict[int, int]:
        """The offset after the last message, by partition, now."""
        found = self._consumer.end_offsets(list(self._partitions.values()))
        return {number: found[partition] for number, partition in self._partitions.items()}

    def reached(self, ends: Mapping[int, int]) -> bool:
        """Whether everything before these offsets was given out."""
        return all(self._consumer.position(self._partitions[number]) >= end for number, end in ends.items())

    def poll(self, milliseconds: int) -> list[Letter]:
        """What there is to read within so many milliseconds; there is nothing to acknowledge."""
        batches = self._consumer.poll(timeout_ms=milliseconds)
        return [
            Letter(
                partition=record.partition,
                offset=record.offset,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                ack=_nothing,
                at=record.timestamp / 1000,
            )
            for records in batches.values()
            for record in records
        ]

    def commit(self, places: Mapping[int, int]) -> None:
        """Shows how far this has come; where the group cannot be told, the next commit will."""
        if not self._commits or not places:
            return
        offsets = {self._partitions[number]: OffsetAndMetadata(place, "", -1) for number, place in places.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=COMMIT_MILLISECONDS)
        except KafkaError as error:
            if not error.retriable:
                raise

    def close(self) -> None:
        self._consumer.close(autocommit=False)


def _nothing() -> None:
    pass
