"""A stage in the middle on kafka-python: the second implementation of the contract that `faust_stage` keeps.

Chosen with `WIREROOM_RUNNER=kafka-python`; our way out if Faust stops being kept up.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import CommitFailedError
from kafka.structs import OffsetAndMetadata

from shared.observe.health import Health
from shared.topology import Stage
from shared.transport.breaker import Breaker
from shared.transport.document_pool import DocumentPool
from shared.transport.faust_stage import DRAIN_SECONDS
from shared.transport.kafka_edge import consumer, producer, send
from shared.transport.lanes import Lanes, Letter
from shared.transport.settings import TransportSettings

POLL_MILLISECONDS = 100


class Offsets(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python ships no types
    """What is acknowledged and not yet committed. Partitions that moved away are forgotten: their new owner repeats."""

    def __init__(self) -> None:
        self._next: dict[TopicPartition, int] = {}

    def acknowledge(self, partition: TopicPartition, offset: int) -> None:
        """Everything up to `offset` is safe."""
        self._next[partition] = offset + 1

    def commit(self, reader: KafkaConsumer) -> None:
        """Commits what was acknowledged since the last time, for the partitions that are still ours."""
        owned = reader.assignment()
        todo = {one: OffsetAndMetadata(at, "", -1) for one, at in self._next.items() if one in owned}
        self._next.clear()
        if todo:
            with suppress(CommitFailedError):  # a rebalance is under way: whoever gets the partition repeats
                reader.commit(todo)

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Called inside `poll`; the last commit for them is made by the loop before it polls."""

    def on_partitions_assigned(self, assigned: Any) -> None:
        for one in assigned:
            self._next.pop(one, None)


async def run(
    stage: Stage, pool: DocumentPool, settings: TransportSettings, health: Health, stop: asyncio.Event
) -> None:
    """Runs the stage until `stop` is set, then drains it.

    Raises:
        Exception: whatever made it impossible to go on; nothing is acknowledged after that, and the process must end.
    """
    if stage.reads is None:
        raise ValueError(f"{stage.name} is not a stage in the middle")
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[None] = loop.create_future()
    offsets = Offsets()
    sender = producer(settings)
    reader = consumer(stage, settings)
    reader.subscribe([stage.reads.name], listener=offsets)
    thread = ThreadPoolExecutor(1, thread_name_prefix="consumer")  # a KafkaConsumer belongs to one thread

    def failed(error: BaseException) -> None:
        if not lost.done():
            lost.set_exception(error)

    lanes = Lanes(
        stage,
        pool.run,
        partial(send, sender),
        Breaker(stage.name, settings.probe_seconds),
        settings.in_flight_messages,
        settings.in_flight_mib << 20,
        failed,
    )

    def poll() -> list[Any]:
        offsets.commit(reader)
        batches = reader.poll(timeout_ms=POLL_MILLISECONDS)
        return [record for records in batches.values() for record in records]

    async def take(record: Any) -> None:
        partition = TopicPartition(record.topic, record.partition)
        ack = partial(offsets.acknowledge, partition, record.offset)
        letter = Letter(record.partition, record.offset, record.key, record.value, list(record.headers), ack)
        putting = asyncio.ensure_future(lanes.put(letter))
        while not (await asyncio.wait({putting, lost}, timeout=1.0, return_when=asyncio.FIRST_COMPLETED))[0]:
            await loop.run_in_executor(thread, _keep_membership, reader, offsets)
        if lost.done():
            putting.cancel()
            lost.result()

    try:
        while not stop.is_set() and not lost.done():
            for record in await loop.run_in_executor(thread, poll):
                await take(record)
            health.set(True)
        if not lost.done():
            health.set(False, "stopping")
            with suppress(TimeoutError):
                await asyncio.wait_for(lanes.landed(), DRAIN_SECONDS)
            await loop.run_in_executor(thread, offsets.commit, reader)
        lost.result() if lost.done() else lost.cancel()
    except BaseException as error:
        structlog.get_logger().error("stage cannot go on", stage=stage.name, exc_info=error)
        raise
    finally:
        lanes.cancel()
        await loop.run_in_executor(thread, partial(reader.close, autocommit=False))
        await asyncio.to_thread(sender.close, 5)
        thread.shutdown()


def _keep_membership(reader: KafkaConsumer, offsets: Offsets) -> None:
    """Polls with everything paused, so that a full pipeline does not cost the place in the group."""
    offsets.commit(reader)
    reader.pause(*reader.assignment())
    reader.poll(timeout_ms=0)
    reader.resume(*reader.paused())
