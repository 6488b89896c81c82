"""A broker as one test sees it: topics of its own, what stands on them, how far a group has come."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from shared.codec import encode
from shared.identity import article_id
from shared.messages import RawArticle, Source
from shared.topology import PROFILES, TOPICS, Topic
from shared.transport.kafka_edge import producer
from shared.transport.settings import TransportSettings
from shared.transport.topics import all_topics, ensure

MOMENT = "2026-11-22T08:00:00Z"


class Record(NamedTuple):
    """One message on a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]

    @property
    def head(self) -> dict[str, str]:
        return {name: (value or b"").decode("utf-8", "replace") for name, value in self.headers}


class Bus:
    """Topics under a prefix on the broker at `address`. Topic names are given without the prefix."""

    def __init__(self, address: str, prefix: str, topics: Iterable[Topic] = (*TOPICS, PROFILES)) -> None:
        self.address, self.prefix = address, prefix
        self._admin = KafkaAdminClient(bootstrap_servers=address)
        ensure(self._admin, [replace(topic, name=prefix + topic.name) for topic in all_topics(tuple(topics))], 1)
        self._producer: KafkaProducer | None = None

    @property
    def settings(self) -> dict[str, object]:
        """What a service must be told to work here, with short times."""
        return {"bootstrap_servers": self.address, "topic_prefix": self.prefix, "session_seconds": 6}

    def send(self, topic: Topic, messages: Iterable[tuple[bytes | None, bytes | None]], headers: object = None) -> None:
        """Puts (key, value) pairs on a topic; returns when the broker has them all."""
        if self._producer is None:
            self._producer = producer(TransportSettings(bootstrap_servers=(self.address,)))
        name = self.prefix + topic.name
        sent = [self._producer.send(name, key=key, value=value, headers=headers or []) for key, value in messages]
        for future in sent:
            future.get(60)

    def read(self, topic: Topic) -> list[Record]:
        """Everything on a topic now, a partition after the other."""
        reader = KafkaConsumer(
            bootstrap_servers=self.address,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            check_crcs=False,  # a second a message of 8 MiB, in plain Python
            fetch_max_bytes=64 << 20,
            max_partition_fetch_bytes=12 << 20,
        )
        try:
            mine = self._partitions(topic)
            reader.assign(mine)
            ends = reader.end_offsets(mine)
            records: list[Record] = []
            for one in mine:
                reader.seek_to_beginning(one)
            while any(reader.position(one) < end for one, end in ends.items()):
                for batch in reader.poll(timeout_ms=500).values():
                    records += [Record(r.partition, r.offset, r.key, r.value, list(r.headers)) for r in batch]
            return sorted(records, key=lambda record: (record.partition, record.offset))
        finally:
            reader.close()

    def count(self, topic: Topic) -> int:
        """How many messages stand on a topic."""
        return sum(self._ends(topic).values())

    def committed(self, group: str, topic: Topic) -> int:
        """How many messages of a topic the group has done with."""
        offsets = self._offsets(group)
        return sum(max(0, offsets.get(one, 0)) for one in self._partitions(topic))

    def lag(self, group: str, topic: Topic) -> int:
        """How many messages of a topic the group has still to do."""
        return self.count(topic) - self.committed(group, topic)

    def close(self) -> None:
        if self._producer is not None:
            self._producer.close(5)
        self._admin.close()

    def _partitions(self, topic: Topic) -> list[TopicPartition]:
        return [TopicPartition(self.prefix + topic.name, number) for number in range(topic.partitions)]

    def _ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        wanted = dict.fromkeys(self._partitions(topic), OffsetSpec.LATEST)
        return {one: found.offset for one, found in self._admin.list_partition_offsets(wanted).items()}

    def _offsets(self, group: str) -> Mapping[TopicPartition, int]:
        name = self.prefix + group
        try:
            found = self._admin.list_group_offsets(name)[name]
        except KafkaError as error:
            if not error.retriable:
                raise
            return {}  # the broker is not ready to say, as when nobody has committed anything yet
        return {one: known.offset for one, known in found.items()}


def page(number: int | str, content: str = "", revision: int = 1_795_000_000_000) -> tuple[bytes, bytes]:
    """(key, value) of a raw article at https://example.org/<number>."""
    url = f"https://example.org/{number}"
    raw = RawArticle(
        article_id=article_id(url),
        revision=revision,
        url=url,
        final_url=url,
        source=Source(id="example"),
        first_seen_at=MOMENT,
        discovered_at=MOMENT,
        fetched_at=MOMENT,
        content=content,
    )
    return raw.article_id.encode(), encode(raw)
