"""The ordered pattern: documents are worked on side by side, and leave each partition in the order they came.

Each partition is a lane. A letter's work starts when it arrives; its outcome is sent when those before it in the lane
were sent, and acknowledged when the broker has acknowledged the output and those before it were acknowledged. So an
offset is committed only when everything up to it is safe, whatever finishes first. What is in flight is bounded by
count and bytes.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.observe import metrics
from shared.observe.record import record
from shared.outcomes import Done
from shared.topology import Stage
from shared.transport.breaker import Attempt, Breaker
from shared.transport.envelope import Headers, event_headers, parked_headers
from shared.transport.parking import parked_value

Send = Callable[
    [str, bytes | None, bytes | None, Headers], Awaitable[Awaitable[Any]]
]  # topic, key, value, headers; it enqueues, and what it gives is the broker's acknowledgement


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it came. `ack` marks its offset done; it must be called in offset order."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None  # None: a tombstone, which is no message of ours
    headers: Headers
    ack: Callable[[], None]
    at: float = 0.0  # when it came to the topic, in Unix time; 0 where nobody knows

    @property
    def message(self) -> bytes:
        """What the stage reads; a tombstone is undecodable."""
        return self.value or b""


class Lanes:
    """All lanes of one stage in one process.

    Args:
        send: hands a message to the producer.
        messages, size: bounds of what is in flight; one letter is let in whatever its size.
        failed: called once, with what went wrong, when a lane cannot go on; the process must then end without
            acknowledging anything more.
    """

    def __init__(
        self,
        stage: Stage,
        send: Send,
        breaker: Breaker,
        messages: int,
        size: int,
        failed: Callable[[BaseException], None],
    ) -> None:
        if stage.reads is None or stage.writes is None:
            raise ValueError(f"{stage.name} is not a stage in the middle")
        self._stage, self._reads, self._writes = stage, stage.reads, stage.writes
        self._send, self._breaker, self._failed = send, breaker, failed
        self._messages, self._size = messages, size
        self._flying = self._bytes = 0
        self._ages: dict[tuple[int, int], float] = {}  # when what is in flight came to the topic
        self._landed = asyncio.Condition()
        self._lanes: dict[int, asyncio.Queue[tuple[Letter, asyncio.Task[Attempt]]]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._gauge = metrics.IN_FLIGHT.labels(stage.name)
        metrics.CONSUMER_LAG_SECONDS.labels(stage.name).set_function(self._oldest)

    def room(self, letter: Letter) -> bool:
        """Whether `put` would take this letter at once."""
        fits = self._flying < self._messages and self._bytes + len(letter.message) <= self._size
        return fits or self._flying == 0

    async def put(self, letter: Letter) -> None:
        """Takes a letter in; waits while too much is in flight."""
        async with self._landed:
            await self._landed.wait_for(lambda: self.room(letter))
            self._flying += 1
            self._bytes += len(letter.message)
            self._ages[letter.partition, letter.offset] = letter.at
        self._gauge.set(self._flying)
        if letter.partition not in self._lanes:
            lane: asyncio.Queue[tuple[Letter, asyncio.Task[Attempt]]] = asyncio.Queue()
            sent: asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]] = asyncio.Queue()
            self._lanes[letter.partition] = lane
            self._start(self._sending(lane, sent)).add_done_callback(self._ended)
            self._start(self._acknowledging(sent)).add_done_callback(self._ended)
        work = self._start(self._breaker.attempt(letter.message))
        self._lanes[letter.partition].put_nowait((letter, work))

    async def landed(self, below: int = 1) -> None:
        """Returns when fewer than `below` letters are in flight."""
        async with self._landed:
            await self._landed.wait_for(lambda: self._flying < below)

    async def cancel(self) -> None:
        """Ends all lanes; what is in flight stays unacknowledged and comes again."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sending(
        self,
        lane: "asyncio.Queue[tuple[Letter, asyncio.Task[Attempt]]]",
        sent: "asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]]",
    ) -> None:
        while True:
            letter, work = await lane.get()
            attempt = await self._breaker.settle(letter.message, await work)
            sent.put_nowait((letter, attempt.done, await self._post(letter, attempt)))

    async def _post(self, letter: Letter, attempt: Attempt) -> Awaitable[Any]:
        done = attempt.done
        if done.out is not None:
            headers = event_headers(done, self._writes.name, letter.headers)
            return await self._send(self._writes.name, done.article_id.encode(), done.out, headers)
        headers = parked_headers(
            done,
            letter.headers,
            topic=self._reads.name,
            partition=letter.partition,
            offset=letter.offset,
            at=datetime.now(UTC),
            tries=attempt.tries,
        )
        return await self._send(self._reads.rejected.name, letter.key, parked_value(done, letter.value), headers)

    async def _acknowledging(self, sent: "asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]]") -> None:
        while True:
            letter, done, acknowledged = await sent.get()
            await acknowledged
            letter.ack()
            record(done, letter.headers)
            async with self._landed:
                self._flying -= 1
                self._bytes -= len(letter.message)
                self._ages.pop((letter.partition, letter.offset), None)
                self._landed.notify_all()
            self._gauge.set(self._flying)

    def _oldest(self) -> float:
        """Seconds since the oldest letter in flight came to the topic; 0 without any. Called in other threads too."""
        return max((time.time() - at for at in list(self._ages.values()) if at), default=0.0)

    def _start(self, work: "Coroutine[Any, Any, Any]") -> "asyncio.Task[Any]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)
