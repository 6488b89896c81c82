"""kafka-python as we use it: producers that lose nothing they were given, consumers that commit by hand."""

import asyncio
from typing import Any

from kafka import KafkaConsumer, KafkaProducer

from shared.topology import MAX_REJECTED_BYTES, Stage
from shared.transport.envelope import Headers
from shared.transport.settings import TransportSettings

REQUEST_BYTES = MAX_REJECTED_BYTES + (1 << 20)  # a legal message with headers always fits


def producer(settings: TransportSettings) -> KafkaProducer:
    """An idempotent producer with `acks=all`. It keeps what is sent on one partition in order.

    One refused send poisons it for good (kafka-python 3.0.12): after a failed future, build a new one or end.

    Raises:
        KafkaError: no broker answers.
    """
    return KafkaProducer(
        bootstrap_servers=list(settings.bootstrap_servers),
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
        bootstrap_servers=list(settings.bootstrap_servers),
        group_id=settings.topic_prefix + stage.name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(settings.session_seconds * 1000),
        heartbeat_interval_ms=int(settings.session_seconds * 200),
        max_poll_records=200,
        fetch_max_bytes=32 << 20,
        max_partition_fetch_bytes=REQUEST_BYTES,
    )


async def send(
    sender: KafkaProducer, topic: str, key: bytes | None, value: bytes | None, headers: Headers
) -> "asyncio.Future[Any]":
    """Hands a message to the producer; the future is the broker's acknowledgement.

    A null header becomes an empty one, and a null value without a key too: kafka-python can send neither.

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

    if key is None and value is None:
        value = b""
    whole = [(name, content or b"") for name, content in headers]
    sent = await asyncio.to_thread(sender.send, topic, key=key, value=value, headers=whole)
    sent.add_callback(lambda metadata: settle_in_loop(acknowledged.set_result, metadata))
    sent.add_errback(lambda error: settle_in_loop(acknowledged.set_exception, error))
    return acknowledged
