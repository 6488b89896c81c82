"""The end of the line: batches off a topic, each message committed when it is durable elsewhere, or parked."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError
from msgspec import DecodeError

from shared.codec import decode
from shared.observe import metrics
from shared.observe.health import Health
from shared.observe.record import record
from shared.outcomes import Done, Reason
from shared.topology import Stage, Topic
from shared.transport.breaker import FEWEST, WINDOW
from shared.transport.envelope import parked_headers
from shared.transport.kafka_edge import consumer, poll, producer, sendable, subscribe
from shared.transport.lag import follow
from shared.transport.lanes import Letter
from shared.transport.offsets import Offsets
from shared.transport.parking import parked_value
from shared.transport.reach import EVERY_SECONDS, reachable
from shared.transport.settings import TransportSettings
from shared.transport.step import rejected
from shared.transport.threaded import run_in_thread

POLL_MILLISECONDS = 500
KEEP_SECONDS = 0.5  # between polls that only keep the place in the group
PARK_SECONDS = 60.0  # for the broker to acknowledge a parked message

Sleep = Callable[[float], None]
Write = Callable[[Sequence[Any], Sleep], Sequence[Done]]


class Stopped(Exception):
    """The process is to end: raised out of a wait."""


async def consume(stage: Stage, write: Write, settings: TransportSettings, health: Health, stop: asyncio.Event) -> None:
    """Runs the sink until `stop` is set.

    Args:
        write: makes a batch of articles durable; one outcome per article, in order. Called in a thread; while it cannot
            write it calls the sleep that it is given, with the seconds to wait: nothing is parked for that.

    Raises:
        Exception: whatever made it impossible to go on; what is not committed comes again.
    """
    if stage.reads is None:
        raise ValueError(f"{stage.name} reads no topic")
    sink = _Sink(stage, stage.reads, write, settings)
    lag = follow(stage, settings, sink.offsets.owned)
    await run_in_thread(sink.run, sink.ending, stop, sink.watch(health), lag)


class _Sink:
    """Everything about the consumer happens in the one thread of `run`."""

    def __init__(self, stage: Stage, topic: Topic, write: Write, settings: TransportSettings) -> None:
        self._stage, self._topic, self._write, self._settings = stage, topic, write, settings
        self.offsets = Offsets()
        self.ending = threading.Event()
        self._trouble = ""
        self._stranded = False
        self._unreadable: deque[bool] = deque(maxlen=WINDOW)
        self._backlog: list[Letter] = []
        self._oldest = 0.0
        self._producer: KafkaProducer | None = None
        metrics.PAUSED.labels(stage.name).set(0)
        lag = metrics.CONSUMER_LAG_SECONDS.labels(stage.name)
        lag.set_function(lambda: time.time() - self._oldest if self._oldest else 0.0)

    def run(self) -> None:
        self._reader = consumer(self._stage, self._settings)
        try:
            subscribe(self._reader, self._settings.topic_prefix + self._topic.name, self.offsets)
            while not self.ending.is_set():
                if self._stranded:
                    raise RuntimeError("the consumer group is not joined")
                self.offsets.commit(self._reader)
                batch, self._backlog = self._backlog, []
                batch += poll(self._reader, self.offsets, 0 if batch else POLL_MILLISECONDS)
                if batch:
                    self._oldest = min(letter.at for letter in batch)
                    self._settle(batch)
                    self._oldest = 0.0
        except Stopped:
            pass
        finally:
            with suppress(KafkaError):
                self.offsets.commit(self._reader)
            self._reader.close(autocommit=False)
            if self._producer is not None:
                self._producer.close(1)

    def _settle(self, batch: list[Letter]) -> None:
        metrics.IN_FLIGHT.labels(self._stage.name).set(len(batch))
        outcomes: dict[int, Done] = {}
        articles: dict[int, Any] = {}
        for place, letter in enumerate(batch):
            try:
                articles[place] = decode(letter.message, self._topic.message)
            except (DecodeError, UnicodeDecodeError) as error:
                outcomes[place] = rejected(self._stage, Reason.UNDECODABLE, str(error))
            self._unreadable.append(place in outcomes)
            if sum(self._unreadable) >= FEWEST and sum(self._unreadable) * 2 > len(self._unreadable):
                self._hold("most messages cannot be read: is a newer program writing them?")
        if articles:
            outcomes |= zip(articles, self._write(list(articles.values()), self._wait), strict=True)
            self._go_on()
        parked = [self._park(letter, outcomes[place]) for place, letter in enumerate(batch) if outcomes[place].reason]
        for future in parked:
            future.get(PARK_SECONDS)
        for place, letter in enumerate(batch):
            letter.ack()
            record(outcomes[place], letter.headers)
        metrics.IN_FLIGHT.labels(self._stage.name).set(0)

    def _park(self, letter: Letter, done: Done) -> Any:
        if self._producer is None:
            self._producer = producer(self._settings)
        headers = parked_headers(
            done,
            letter.headers,
            topic=self._topic.name,
            partition=letter.partition,
            offset=letter.offset,
            at=datetime.now(UTC),
            tries=1,
        )
        name = self._settings.topic_prefix + self._topic.rejected.name
        return self._producer.send(name, **sendable(letter.key, parked_value(done, letter.value), headers))

    def _wait(self, seconds: float) -> None:
        """What `write` calls while it cannot."""
        self._stall("what this writes to cannot take it now")
        self._keep(seconds)

    def _hold(self, why: str) -> None:
        """Until the process is ended: only another program can read what is there."""
        structlog.get_logger().error("sink holds everything", stage=self._stage.name, why=why)
        self._stall(why)
        while True:
            self._keep(KEEP_SECONDS)

    def _keep(self, seconds: float) -> None:
        """Lets time pass with everything paused, and stays a member of the group."""
        until = time.monotonic() + seconds
        while True:
            self._reader.pause(*self._reader.assignment())
            self._backlog += poll(self._reader, self.offsets, 0)  # of partitions that just came
            if self.ending.wait(min(KEEP_SECONDS, max(0.0, until - time.monotonic()))):
                raise Stopped
            if time.monotonic() >= until:
                return

    def _stall(self, why: str) -> None:
        self._trouble = why
        metrics.PAUSED.labels(self._stage.name).set(1)

    def _go_on(self) -> None:
        if self._trouble:
            self._trouble = ""
            metrics.PAUSED.labels(self._stage.name).set(0)
            self._reader.resume(*self._reader.paused())

    async def watch(self, health: Health) -> None:
        """Ready is: a broker in reach, a member of the group, and able to write."""
        while True:
            there = await reachable(self._settings.bootstrap_servers)
            self._stranded = self.offsets.stranded(there)
            if not there:
                health.set(False, "no broker accepts connections")
            elif not self.offsets.joined:
                health.set(False, "not a member of the consumer group yet")
            else:
                health.set(not self._trouble, self._trouble)
            await asyncio.sleep(EVERY_SECONDS / 4)
