"""A stage in the middle on Faust: reads a topic, works in processes, writes the next topic, loses nothing.

Faust's default agent acknowledges a message even when its processing failed or was cancelled. So this uses the one safe
pattern: `noack()` events in one agent of concurrency 1, outcomes in lanes (`lanes.py`), acknowledgement only after the
broker has acknowledged the output, and an end of the process on anything unexpected. `tests/integration` holds the
table of what happens on exceptions, SIGTERM and SIGKILL, so that a new Faust release cannot break it unnoticed.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import faust
import structlog
from mode import CrashingSupervisor

from shared.observe.health import Health
from shared.topology import MAX_REJECTED_BYTES, Stage
from shared.transport.breaker import Breaker
from shared.transport.document_pool import DocumentPool
from shared.transport.envelope import Headers
from shared.transport.lanes import Lanes, Letter
from shared.transport.settings import TransportSettings

DRAIN_SECONDS = 20.0  # after SIGTERM: time for what is in flight; the rest comes again
FETCH_BYTES = 16 << 20


def application(stage: Stage, settings: TransportSettings) -> Any:
    """The Faust application of a stage."""
    return faust.App(
        stage.name,
        broker=[f"kafka://{server}" for server in settings.bootstrap_servers],
        value_serializer="raw",  # `step` decodes: an undecodable message is parked, not skipped
        key_serializer="raw",
        broker_commit_interval=settings.commit_seconds,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 5,
        broker_request_timeout=max(30.0, settings.session_seconds * 2),
        broker_max_poll_records=200,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=64,  # raw messages are large
        producer_acks=-1,
        producer_linger=0.005,  # with the batch size, four times the throughput of the defaults
        producer_max_batch_size=131_072,
        producer_max_request_size=MAX_REJECTED_BYTES + (1 << 20),
        producer_compression_type="lz4",
        topic_disable_leader=True,
        topic_allow_declare=False,  # topics are made by shared.transport.topics
        web_enabled=False,
    )


async def run(
    stage: Stage, pool: DocumentPool, settings: TransportSettings, health: Health, stop: asyncio.Event
) -> None:
    """Runs the stage until `stop` is set, then drains it.

    Raises:
        Exception: whatever made it impossible to go on; nothing is acknowledged after that, and the process must end.
    """
    if stage.reads is None:
        raise ValueError(f"{stage.name} is not a stage in the middle")
    app = application(stage, settings)
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def failed(error: BaseException) -> None:
        if not lost.done():
            lost.set_exception(error)

    async def send(topic: str, key: bytes | None, value: bytes, headers: Headers) -> Awaitable[Any]:
        acknowledged: Awaitable[Any] = await app.producer.send(topic, key, value, None, None, headers)
        return acknowledged

    lanes = Lanes(
        stage,
        pool.run,
        send,
        Breaker(stage.name, settings.probe_seconds),
        settings.in_flight_messages,
        settings.in_flight_mib << 20,
        failed,
    )

    async def work(stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                if stop.is_set():
                    await asyncio.Event().wait()  # takes nothing more in; cancelled when the app stops
                await lanes.put(_letter(event))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            failed(error)
            raise

    source = app.topic(stage.reads.name, value_serializer="raw", key_serializer="raw")
    app.agent(source, supervisor_strategy=CrashingSupervisor, name=stage.name)(work)
    app.finalize()
    watching = asyncio.ensure_future(_watch(app, health, failed))
    stopped: asyncio.Future[bool] = asyncio.ensure_future(stop.wait())
    try:
        await app.start()
        await asyncio.wait([stopped, lost], return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
        if stop.is_set() and not lost.done():
            health.set(False, "stopping")
            with suppress(TimeoutError):
                await asyncio.wait_for(lanes.landed(), DRAIN_SECONDS)
    finally:
        watching.cancel()
        stopped.cancel()
        lanes.cancel()
        await app.stop()
    if lost.done():
        structlog.get_logger().error("stage cannot go on", stage=stage.name, exc_info=lost.exception())
        lost.result()


def _letter(event: Any) -> Letter:
    message = event.message
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
    return Letter(message.partition, message.offset, message.key, message.value, list(headers), event.ack)


async def _watch(app: Any, health: Health, failed: Any) -> None:
    """Readiness is the assignment; a Faust service that crashed takes the process with it."""
    while True:
        await asyncio.sleep(0.5)
        if app.crashed:
            failed(app.crash_reason or RuntimeError("the Faust application crashed"))
            return
        joined = app.consumer is not None and not app.rebalancing and app.consumer.assignment() is not None
        health.set(joined, "" if joined else "not a member of the consumer group yet")
