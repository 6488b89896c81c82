"""From the fetcher's outbox to its topic: what is in it was promised, and leaves it when the broker has it."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from shared.codec import decode
from shared.messages import Article
from shared.observe import metrics
from shared.observe.health import Health
from shared.observe.record import record
from shared.outcomes import Done
from shared.topology import Stage, Topic
from shared.transport.envelope import event_headers
from shared.transport.kafka_edge import producer, send
from shared.transport.reach import EVERY_SECONDS, reachable
from shared.transport.settings import TransportSettings

ROWS = 16  # read at once: raw articles can be large
IDLE_SECONDS = 0.2  # between looks at an empty outbox
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0  # before another try after a failed one
CLOSE_SECONDS = 2.0


class Outbox(Protocol):
    """What the sender needs of the fetcher's store."""

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]: ...

    def acknowledge(self, row_ids: Iterable[int]) -> None: ...

    def outbox_size(self) -> int: ...


class _Sent(NamedTuple):
    row: int
    done: Done
    at: float  # monotonic
    acknowledged: "asyncio.Future[Any]"


async def carry(stage: Stage, outbox: Outbox, settings: TransportSettings, health: Health, stop: asyncio.Event) -> None:
    """Sends every row in its order and forgets it when the broker has acknowledged it, until `stop` is set.

    A broker that is away changes nothing but readiness: rows stay, and go when it is back. What was sent and not
    acknowledged when this ends goes again at the next start, the same bytes.
    """
    if stage.writes is None:
        raise ValueError(f"{stage.name} writes no topic")
    watching = asyncio.create_task(_watch(settings, health))
    wait = FIRST_WAIT_SECONDS
    try:
        while not stop.is_set():
            sender: KafkaProducer | None = None
            try:
                sender = await asyncio.to_thread(producer, settings)
                wait = FIRST_WAIT_SECONDS
                await _send(stage, stage.writes, outbox, sender, settings, stop)
            except KafkaError as error:  # a producer that failed once may refuse everything after: take a new one
                structlog.get_logger().warning(
                    "not sent", stage=stage.name, error=f"{type(error).__name__}: {error}", again_in_seconds=wait
                )
                await _pause(wait, stop)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            finally:
                if sender is not None:
                    await asyncio.to_thread(sender.close, CLOSE_SECONDS)
    finally:
        watching.cancel()


async def _send(
    stage: Stage, topic: Topic, outbox: Outbox, sender: KafkaProducer, settings: TransportSettings, stop: asyncio.Event
) -> None:
    """Sends until `stop` is set.

    Raises:
        KafkaError: of the first row that the broker does not take.
    """
    flying: list[_Sent] = []
    last = size = 0
    while not stop.is_set():
        full = len(flying) >= settings.in_flight_messages or size >= settings.in_flight_mib << 20
        rows = [] if full else outbox.pending(ROWS, last)
        for row, message in rows:
            article = decode(message, Article)
            done = _done(stage, article, message)
            key, headers = article.article_id.encode(), event_headers(done, topic.name, ())
            future = await send(sender, settings.topic_prefix + topic.name, key, message, headers)
            flying.append(_Sent(row, done, time.monotonic(), future))
            last, size = row, size + len(message)
        if flying:
            pause = 0 if len(rows) == ROWS else IDLE_SECONDS
            await asyncio.wait([sent.acknowledged for sent in flying], timeout=pause)
        else:
            await _pause(IDLE_SECONDS, stop)
        landed = [sent for sent in flying if sent.acknowledged.done()]
        flying = [sent for sent in flying if not sent.acknowledged.done()]
        size -= _settle(landed, outbox)


def _settle(landed: list[_Sent], outbox: Outbox) -> int:
    """Forgets what the broker has; returns its bytes.

    Raises:
        KafkaError: it refused one of them.
    """
    good = [sent for sent in landed if sent.acknowledged.exception() is None]
    if good:
        outbox.acknowledge([sent.row for sent in good])
        metrics.OUTBOX.set(outbox.outbox_size())
    for sent in good:
        record(replace(sent.done, seconds=time.monotonic() - sent.at))
    for sent in landed:
        sent.acknowledged.result()
    return sum(len(sent.done.out or b"") for sent in good)


def _done(stage: Stage, article: Article, message: bytes) -> Done:
    return Done(
        stage=stage.name,
        outcome="passed",
        out=message,
        article_id=article.article_id,
        revision=article.revision,
        generation=article.generation,
        url=article.url,
    )


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _watch(settings: TransportSettings, health: Health) -> None:
    """Ready is: a broker in reach. While none is, articles are fetched all the same, until the outbox is full."""
    while True:
        there = await reachable(settings.bootstrap_servers)
        health.set(there, "" if there else "no broker accepts connections")
        await asyncio.sleep(EVERY_SECONDS)
