"""kafka-python as we use it: producers that lose nothing they were given, consumers that commit by hand."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import UnknownTopicOrPartitionError

from shared.topology import MAX_REJECTED_BYTES, Stage
from shared.transport import login
from shared.transport.envelope import Headers
from shared.transport.lanes import Letter
from shared.transport.offsets import Offsets
from shared.transport.settings import TransportSettings

REQUEST_BYTES = MAX_REJECTED_BYTES + (1 << 20)  # a legal message with headers always fits
POLL_INTERVAL_MILLISECONDS = 120_000  # also how long a group waits for a member that does not come back to it
JOIN_MILLISECONDS = 1_000  # a join takes several round trips
FETCH_LEAST_BYTES = 64 << 10  # the broker waits half a second for so much: a message at a time costs twice the work
FETCH_BYTES = 1 << 20  # of one partition at once; a larger message comes alone (KIP-74)


def producer(settings: TransportSettings) -> KafkaProducer:
    """An idempotent producer with `acks=all`. It keeps what is sent on one partition in order.

    One refused send poisons it for good (kafka-python 3.0.12): after a failed future, build a new one or end.

    Raises:
        KafkaError: no broker answers.
    """
    return KafkaProducer(
        **login.kafka_python(settings),
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        batch_size=131_072,
        max_request_size=REQUEST_BYTES,
    )


def consumer(stage: Stage, settings: TransportSettings) -> KafkaConsumer:
    """A member of the stage's group that commits nothing by itself and starts at the beginning.

    Raises:
        KafkaError: no broker answers.
    """
    return KafkaConsumer(
        **login.kafka_python(settings),
        group_id=settings.topic_prefix + stage.name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(settings.session_seconds * 1000),
        heartbeat_interval_ms=int(settings.session_seconds * 200),
        max_poll_interval_ms=POLL_INTERVAL_MILLISECONDS,
        max_poll_records=200,
        fetch_min_bytes=FETCH_LEAST_BYTES,
        fetch_max_wait_ms=500,
        fetch_max_bytes=32 << 20,
        max_partition_fetch_bytes=FETCH_BYTES,
    )


def subscribe(reader: KafkaConsumer, topic: str, listener: ConsumerRebalanceListener) -> None:
    """Joins the group for one topic.

    A leader that does not know the topic yet gives nobody anything, and never notices (kafka-python 3.0.12): so the
    topic is asked for first.

    Raises:
        UnknownTopicOrPartitionError: there is no such topic.
        KafkaError: no broker answers.
    """
    if not reader.partitions_for_topic(topic):
        raise UnknownTopicOrPartitionError(f"no topic {topic}: create it with python -m shared.transport.topics")
    reader.subscribe([topic], listener=listener)


def poll(reader: KafkaConsumer, offsets: Offsets, milliseconds: int) -> list[Letter]:
    """What there is to read within so many milliseconds, as letters that are acknowledged to `offsets`.

    While this is no member it asks to join before each poll. kafka-python 3.0.12 forgets a join that outlasts a poll
    when only new metadata had asked for it: as the group's leader it takes that reason away with the assignment that it
    makes (`_perform_assignment`), and never looks at the finished join. A join under way is not begun anew by asking.

    It begins anew when the last one ended between two polls: the client's own thread goes on with it, and the next poll
    throws away what is done (`join_group_async`). So a poll in which there is something to join takes its time.
    """
    if not offsets.joined:
        reader._coordinator.request_rejoin()
    if reader._coordinator.need_rejoin():
        milliseconds = max(milliseconds, JOIN_MILLISECONDS)
    batches: Mapping[TopicPartition, Sequence[Any]] = reader.poll(timeout_ms=milliseconds)
    return [
        Letter(
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            value=record.value,
            headers=list(record.headers),
            ack=offsets.acknowledger(partition, record.offset),
            at=record.timestamp / 1000,
        )
        for partition, records in batches.items()
        for record in records
    ]


def sendable(key: bytes | None, value: bytes | None, headers: Headers) -> dict[str, Any]:
    """Arguments of `KafkaProducer.send`. It has no null header, and no null value without a key: they become empty."""
    whole = b"" if key is None and value is None else value
    return {"key": key, "value": whole, "headers": [(name, content or b"") for name, content in headers]}


async def send(
    sender: KafkaProducer, topic: str, key: bytes | None, value: bytes | None, headers: Headers
) -> "asyncio.Future[Any]":
    """Hands a message to the producer; the future is the broker's acknowledgement.

    Raises:
        KafkaError: the producer cannot take it.
    """
    loop = asyncio.get_running_loop()
    acknowledged: asyncio.Future[Any] = loop.create_future()

    def settle(how: Any, what: Any) -> None:
        if not acknowledged.done():
            how(what)

    def settle_in_loop(how: Any, what: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, how, what)

    sent = await asyncio.to_thread(sender.send, topic, **sendable(key, value, headers))
    sent.add_callback(lambda metadata: settle_in_loop(acknowledged.set_result, metadata))
    sent.add_errback(lambda error: settle_in_loop(acknowledged.set_exception, error))
    return acknowledged
