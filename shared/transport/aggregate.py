"""A stage that makes state of a topic: reads it whole, keeps what it learns in a store, publishes what changed.

The store holds what was learned and how far that reads the topic in one transaction, and which keys are to be
published. So a process that ends at any moment goes on exactly where its store is; a key may be published twice, with
the same bytes.
"""

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError
from msgspec import DecodeError

from shared.codec import decode, encode
from shared.messages import EnrichedArticle, HostProfile
from shared.observe import metrics
from shared.observe.health import Health
from shared.observe.record import record
from shared.outcomes import Done, Reason
from shared.topology import Stage
from shared.transport.kafka_edge import producer
from shared.transport.lag import follow
from shared.transport.lanes import Letter
from shared.transport.reach import EVERY_SECONDS, reachable
from shared.transport.settings import TransportSettings
from shared.transport.step import rejected
from shared.transport.threaded import run_in_thread
from shared.transport.whole import Reader

POLL_MILLISECONDS = 500
ROUND = 200  # keys handed to the producer before the broker has to acknowledge them
ACKNOWLEDGE_SECONDS = 30.0
Profile = tuple[str, HostProfile | None]


class Keeper(Protocol):
    """What this needs of a store. Called in one thread."""

    def places(self) -> Mapping[int, int]: ...

    def take(self, articles: Iterable[EnrichedArticle], places: Mapping[int, int]) -> None: ...

    def due(self, limit: int) -> Sequence[Profile]: ...

    def published(self, profiles: Iterable[Profile]) -> None: ...

    def hosts(self) -> int: ...


async def aggregate(
    stage: Stage, store: Keeper, every_seconds: float, settings: TransportSettings, health: Health, stop: asyncio.Event
) -> None:
    """Runs until `stop` is set, and publishes what is due before it ends.

    Args:
        every_seconds: between two rounds of publishing.

    Raises:
        Exception: whatever made it impossible to go on; what is not in the store comes again.
    """
    run = _Run(stage, store, every_seconds, settings)
    lag = follow(stage, settings, lambda: run.partitions)
    await run_in_thread(run.run, run.ending, stop, run.watch(health), lag)


class _Run:
    """Everything about the consumer, the producer and the store happens in the one thread of `run`."""

    def __init__(self, stage: Stage, store: Keeper, every_seconds: float, settings: TransportSettings) -> None:
        if stage.reads is None or stage.writes is None:
            raise ValueError(f"{stage.name} does not read one topic and write another")
        self._stage, self._reads, self._writes = stage, stage.reads, stage.writes
        self._store, self._every, self._settings = store, every_seconds, settings
        self._producer: KafkaProducer | None = None
        self._oldest = 0.0
        self.partitions: set[int] = set()
        self.ending = threading.Event()
        lag = metrics.CONSUMER_LAG_SECONDS.labels(stage.name)
        lag.set_function(lambda: time.time() - self._oldest if self._oldest else 0.0)
        metrics.PAUSED.labels(stage.name).set(0)

    def run(self) -> None:
        reader = Reader(self._reads, self._settings, self._stage)
        try:
            reader.start(self._store.places())
            self.partitions = reader.partitions
            due = time.monotonic()
            while not self.ending.is_set():
                if letters := reader.poll(POLL_MILLISECONDS):
                    self._take(letters)
                    reader.commit(self._store.places())
                if time.monotonic() >= due:
                    self._publish()
                    due = time.monotonic() + self._every
            self._publish()
        finally:
            reader.close()
            if self._producer is not None:
                self._producer.close(1)

    def _take(self, letters: Sequence[Letter]) -> None:
        """Into the store. What cannot be read is counted: the indexer, which reads the same topic, parks it."""
        self._oldest = min(letter.at for letter in letters)
        metrics.IN_FLIGHT.labels(self._stage.name).set(len(letters))
        began = time.perf_counter()
        articles: list[EnrichedArticle] = []
        outcomes: list[Done] = []
        for letter in letters:
            try:
                article = decode(letter.message, EnrichedArticle)
            except (DecodeError, UnicodeDecodeError) as error:
                outcomes.append(rejected(self._stage, Reason.UNDECODABLE, str(error)))
            else:
                articles.append(article)
                outcomes.append(_seen(self._stage, article))
        self._store.take(articles, {letter.partition: letter.offset + 1 for letter in letters})
        share = (time.perf_counter() - began) / len(letters)
        for letter, done in zip(letters, outcomes, strict=True):
            record(replace(done, seconds=share), letter.headers)
        metrics.PROFILES.set(self._store.hosts())
        metrics.IN_FLIGHT.labels(self._stage.name).set(0)
        self._oldest = 0.0

    def _publish(self) -> None:
        """Everything that is due; while the broker does not take it, it stays due."""
        while profiles := self._store.due(ROUND):
            try:
                self._send(profiles)
            except KafkaError as error:
                structlog.get_logger().warning("profiles cannot be published now", error=str(error))
                self._producer = None  # one refused send poisons it
                return
            self._store.published(profiles)
            metrics.PROFILES_PUBLISHED.inc(len(profiles))

    def _send(self, profiles: Sequence[Profile]) -> None:
        if self._producer is None:
            self._producer = producer(self._settings)
        name = self._settings.topic_prefix + self._writes.name
        sent = [
            self._producer.send(name, key=key.encode(), value=None if made is None else encode(made))
            for key, made in profiles
        ]
        for future in sent:
            future.get(ACKNOWLEDGE_SECONDS)

    async def watch(self, health: Health) -> None:
        """Ready is: a broker in reach, and every partition at hand."""
        while True:
            if not await reachable(self._settings.bootstrap_servers):
                health.set(False, "no broker accepts connections")
            elif not self.partitions:
                health.set(False, "not reading yet")
            else:
                health.set(True)
            await asyncio.sleep(EVERY_SECONDS / 4)


def _seen(stage: Stage, article: EnrichedArticle) -> Done:
    known: dict[str, Any] = {name: getattr(article, name) for name in ("article_id", "revision", "generation", "url")}
    return Done(stage=stage.name, outcome="passed", **known)
