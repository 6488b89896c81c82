"""A stage in the middle on Faust: reads a topic, works in processes, writes the next topic, loses nothing.

Faust's default agent acknowledges a message even when its processing failed or was cancelled. So this uses the one safe
pattern: `noack()` events in one agent of concurrency 1, outcomes in lanes (`lanes.py`), acknowledgement only after the
broker has acknowledged the output, and an end of the process on anything unexpected. `tests/integration` holds the
table of what happens on exceptions, SIGTERM and SIGKILL, so that a new Faust release cannot break it unnoticed.
"""

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import faust
import structlog
from mode import CrashingSupervisor

from shared.observe.health import Health
from shared.topology import Stage
from shared.transport import login
from shared.transport.breaker import Breaker
from shared.transport.envelope import Headers
from shared.transport.kafka_edge import FETCH_BYTES, REQUEST_BYTES
from shared.transport.lag import follow
from shared.transport.lanes import Lanes, Letter
from shared.transport.reach import EVERY_SECONDS, reachable
from shared.transport.settings import TransportSettings

DRAIN_SECONDS = 20.0  # after SIGTERM: time for what is in flight; the rest comes again
STOP_SECONDS = 10.0  # for the client to leave the group; it is left by timeout otherwise


def application(stage: Stage, settings: TransportSettings) -> Any:
    """The Faust application of a stage."""
    return faust.App(
        settings.topic_prefix + stage.name,  # the consumer group
        **login.faust(settings),
        value_serializer="raw",  # `step` decodes: an undecodable message is parked, not skipped
        key_serializer="raw",
        broker_commit_interval=settings.commit_seconds,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 5,
        broker_request_timeout=max(30.0, settings.session_seconds * 2),
        broker_max_poll_records=200,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=16,  # not counted as in flight, and raw messages are large
        stream_wait_empty=False,  # what is not done at the end of a drain comes again; waiting for it would never end
        producer_acks=-1,
        producer_linger=0.005,  # with the batch size, four times the throughput of the defaults
        producer_max_batch_size=131_072,
        producer_max_request_size=REQUEST_BYTES,
        producer_compression_type="zstd",  # which every client here can read
        topic_disable_leader=True,
        topic_allow_declare=False,  # topics are made by shared.transport.topics
        web_enabled=False,
        datadir=Path(tempfile.gettempdir()) / "wireroom-faust",  # made at every start; nothing is kept there
    )


async def run(stage: Stage, work: Any, settings: TransportSettings, health: Health, stop: asyncio.Event) -> None:
    """Runs the stage until `stop` is set, then drains it.

    Args:
        work: one encoded message through the stage (`DocumentPool.run`).

    Raises:
        Exception: whatever made it impossible to go on; nothing is acknowledged after that, and the process must end.
    """
    if stage.reads is None:
        raise ValueError(f"{stage.name} is not a stage in the middle")
    app = application(stage, settings)
    lost: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def failed(error: BaseException) -> None:
        if not lost.done():
            lost.set_exception(error)

    async def send(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Awaitable[Any]:
        acknowledged: Awaitable[Any] = await app.producer.send(
            settings.topic_prefix + topic, key, value, None, None, headers
        )
        return acknowledged

    breaker = Breaker(stage.name, work, settings.probe_seconds)
    lanes = Lanes(stage, send, breaker, settings.in_flight_messages, settings.in_flight_mib << 20, failed)

    async def agent(stream: Any) -> None:
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

    source = app.topic(settings.topic_prefix + stage.reads.name, value_serializer="raw", key_serializer="raw")
    app.agent(source, supervisor_strategy=CrashingSupervisor, name=stage.name)(agent)
    app.finalize()
    watching = asyncio.create_task(_watch(app, settings, health, failed))
    following = asyncio.create_task(follow(stage, settings, lambda: _owned(app)))
    stopped: asyncio.Future[Any] = asyncio.create_task(stop.wait())
    try:
        await app.start()
        await asyncio.wait({stopped, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not lost.done():
            watching.cancel()
            health.set(False, "stopping")
            landed: asyncio.Future[Any] = asyncio.create_task(lanes.landed())
            await asyncio.wait({landed, lost}, timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            landed.cancel()
    except Exception as error:
        failed(error)
    finally:
        watching.cancel()
        following.cancel()
        stopped.cancel()
        await lanes.cancel()
        await asyncio.wait({asyncio.create_task(app.stop())}, timeout=STOP_SECONDS)
    if lost.done():
        structlog.get_logger().error("stage cannot go on", stage=stage.name, exc_info=lost.exception())
        lost.result()


def _letter(event: Any) -> Letter:
    message = event.message
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
    return Letter(
        message.partition, message.offset, message.key, message.value, list(headers), event.ack, message.timestamp
    )


def _owned(app: Any) -> set[int]:
    return {one.partition for one in app.consumer.assignment()} if app.started else set()


async def _watch(app: Any, settings: TransportSettings, health: Health, failed: Any) -> None:
    """Readiness is the assignment and a broker in reach; a Faust service that crashed takes the process with it."""
    while True:
        if app.crashed:
            failed(app.crash_reason or RuntimeError("the Faust application crashed"))
            return
        if not await reachable(settings.bootstrap_servers):
            health.set(False, "no broker accepts connections")
        elif not _joined(app):
            health.set(False, "not a member of the consumer group yet")
        else:
            health.set(True)
        await asyncio.sleep(EVERY_SECONDS / 4)


def _joined(app: Any) -> bool:
    """A member that has been given nothing, because others have it all, has joined too."""
    return bool(app.started and app.rebalancing_count and not app.rebalancing)
