"""A stage in the middle on kafka-python: the second implementation of the contract that `faust_stage` keeps.

Chosen with `WIREROOM_RUNNER=kafka-python`; our way out if Faust stops being kept up.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import structlog
from kafka import KafkaConsumer

from shared.observe.health import Health
from shared.topology import Stage
from shared.transport.breaker import Breaker, Run
from shared.transport.envelope import Headers
from shared.transport.faust_stage import DRAIN_SECONDS
from shared.transport.kafka_edge import consumer, poll, producer, send, subscribe
from shared.transport.lag import follow
from shared.transport.lanes import Lanes, Letter
from shared.transport.offsets import Offsets
from shared.transport.reach import EVERY_SECONDS, reachable
from shared.transport.settings import TransportSettings

POLL_MILLISECONDS = 100
FULL_SECONDS = 0.2  # between polls while no more fits in


async def run(stage: Stage, work: Run, settings: TransportSettings, health: Health, stop: asyncio.Event) -> None:
    """Runs the stage until `stop` is set, then drains it.

    Args:
        work: one encoded message through the stage (`DocumentPool.run`).

    Raises:
        Exception: whatever made it impossible to go on; nothing is acknowledged after that, and the process must end.
    """
    if stage.reads is None:
        raise ValueError(f"{stage.name} is not a stage in the middle")
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[Any] = loop.create_future()

    def failed(error: BaseException) -> None:
        if not lost.done():
            lost.set_exception(error)

    thread = ThreadPoolExecutor(1, thread_name_prefix="consumer")  # a KafkaConsumer belongs to one thread
    sender = await asyncio.to_thread(producer, settings)
    reader = await loop.run_in_executor(thread, consumer, stage, settings)

    def post(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Awaitable[Awaitable[Any]]:
        return send(sender, settings.topic_prefix + topic, key, value, headers)

    breaker = Breaker(stage.name, work, settings.probe_seconds)
    lanes = Lanes(stage, post, breaker, settings.in_flight_messages, settings.in_flight_mib << 20, failed)
    offsets = Offsets()
    topic = settings.topic_prefix + stage.reads.name
    watching = asyncio.create_task(_watch(offsets, settings, health, failed))
    following = asyncio.create_task(follow(stage, settings, offsets.owned))
    try:
        await loop.run_in_executor(thread, subscribe, reader, topic, offsets)
        await _read(reader, offsets, lanes, partial(loop.run_in_executor, thread), stop, lost)
        watching.cancel()
        health.set(False, "stopping")
        landed: asyncio.Future[Any] = asyncio.create_task(lanes.landed())
        await asyncio.wait({landed, lost}, timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        landed.cancel()
        await loop.run_in_executor(thread, offsets.commit, reader)
    except Exception as error:
        failed(error)
    finally:
        watching.cancel()
        following.cancel()
        await lanes.cancel()
        await loop.run_in_executor(thread, partial(reader.close, autocommit=False))
        await asyncio.to_thread(sender.close, 5)
        thread.shutdown()
    if lost.done():
        structlog.get_logger().error("stage cannot go on", stage=stage.name, exc_info=lost.exception())
        lost.result()


async def _read(
    reader: KafkaConsumer,
    offsets: Offsets,
    lanes: Lanes,
    in_thread: Callable[..., Awaitable[Any]],
    stop: asyncio.Event,
    lost: "asyncio.Future[Any]",
) -> None:
    """Polls and fills the lanes. While they are full it goes on polling, with everything paused, to stay a member."""
    backlog: deque[Letter] = deque()
    while not stop.is_set() and not lost.done():
        backlog.extend(await in_thread(_poll, reader, offsets, bool(backlog)))
        while backlog and lanes.room(backlog[0]):
            await lanes.put(backlog.popleft())
        if backlog:
            await asyncio.sleep(FULL_SECONDS)


def _poll(reader: KafkaConsumer, offsets: Offsets, full: bool) -> list[Letter]:
    offsets.commit(reader)
    if full:
        reader.pause(*reader.assignment())
    else:
        reader.resume(*reader.paused())
    return poll(reader, offsets, 0 if full else POLL_MILLISECONDS)


async def _watch(
    offsets: Offsets, settings: TransportSettings, health: Health, failed: Callable[[BaseException], None]
) -> None:
    """Readiness is the assignment and a broker in reach; a member that never comes in takes the process with it."""
    while True:
        there = await reachable(settings.bootstrap_servers)
        if offsets.stranded(there):
            failed(RuntimeError("the consumer group is not joined"))
        if not there:
            health.set(False, "no broker accepts connections")
        elif not offsets.joined:
            health.set(False, "not a member of the consumer group yet")
        else:
            health.set(True)
        await asyncio.sleep(EVERY_SECONDS / 4)
