"""The ordered pattern: documents are worked on side by side, and leave each partition in the order they came.

Each partition is a lane. A letter's work starts when it arrives; its outcome is sent when those before it in the lane
were sent, and acknowledged when the broker has acknowledged the output and those before it were acknowledged. So an
offset is committed only when everything up to it is safe, whatever finishes first. What is in flight is bounded by
count and bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.observe import metrics
from shared.observe.record import record
from shared.outcomes import Done
from shared.topology import Stage
from shared.transport.breaker import Breaker
from shared.transport.envelope import Headers, event_headers, parked_headers
from shared.transport.parking import parked_value

Run = Callable[[bytes], Awaitable[Done]]
Send = Callable[[str, bytes | None, bytes, Headers], Awaitable[Awaitable[Any]]]  # enqueues; what it gives is the ack


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it came. `ack` marks its offset done; it must be called in offset order."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: Headers
    ack: Callable[[], None]


class Lanes:
    """All lanes of one stage in one process.

    Args:
        run: one encoded message through the stage; never raises for a document's sake.
        send: hands a message to the producer.
        failed: called once, with what went wrong, when a lane cannot go on; the process must then end without
            acknowledging anything more.
    """

    def __init__(
        self,
        stage: Stage,
        run: Run,
        send: Send,
        breaker: Breaker,
        messages: int,
        size: int,
        failed: Callable[[BaseException], None],
    ) -> None:
        if stage.reads is None or stage.writes is None:
            raise ValueError(f"{stage.name} is not a stage in the middle")
        self._stage, self._reads, self._writes = stage, stage.reads, stage.writes
        self._run, self._send, self._breaker, self._failed = run, send, breaker, failed
        self._messages, self._size = messages, size
        self._flying = self._bytes = 0
        self._landed = asyncio.Condition()
        self._queues: dict[int, asyncio.Queue[tuple[Letter, asyncio.Task[Done]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._gauge = metrics.IN_FLIGHT.labels(stage.name)

    async def put(self, letter: Letter) -> None:
        """Takes a letter in; waits while too much is in flight."""
        size = len(letter.value)
        async with self._landed:
            await self._landed.wait_for(
                lambda: self._flying == 0 or (self._flying < self._messages and self._bytes + size <= self._size)
            )
            self._flying += 1
            self._bytes += size
        self._gauge.set(self._flying)
        queue = self._queues.get(letter.partition)
        if queue is None:
            queue = self._queues[letter.partition] = asyncio.Queue()
            sent: asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]] = asyncio.Queue()
            self._start(self._sending(queue, sent))
            self._start(self._acknowledging(sent))
        queue.put_nowait((letter, asyncio.ensure_future(self._working(letter.value))))

    async def landed(self) -> None:
        """Returns when nothing is in flight."""
        async with self._landed:
            await self._landed.wait_for(lambda: self._flying == 0)

    def cancel(self) -> None:
        """Ends all lanes; what is in flight stays unacknowledged and comes again."""
        for task in self._tasks:
            task.cancel()

    async def _working(self, value: bytes) -> Done:
        return await self._run(value)

    async def _sending(
        self,
        queue: "asyncio.Queue[tuple[Letter, asyncio.Task[Done]]]",
        sent: "asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]]",
    ) -> None:
        while True:
            letter, work = await queue.get()
            done = await self._breaker.judge(await work, lambda value=letter.value: self._run(value))  # type: ignore[misc]
            sent.put_nowait((letter, done, await self._post(letter, done)))

    async def _post(self, letter: Letter, done: Done) -> Awaitable[Any]:
        if done.out is not None:
            headers = event_headers(done, self._writes.name, dict(letter.headers))
            return await self._send(self._writes.name, done.article_id.encode(), done.out, headers)
        headers = parked_headers(
            done,
            letter.headers,
            topic=self._reads.name,
            partition=letter.partition,
            offset=letter.offset,
            at=datetime.now(UTC),
            tries=1,
        )
        return await self._send(self._reads.rejected.name, letter.key, parked_value(done, letter.value), headers)

    async def _acknowledging(self, sent: "asyncio.Queue[tuple[Letter, Done, Awaitable[Any]]]") -> None:
        while True:
            letter, done, acknowledged = await sent.get()
            await acknowledged
            letter.ack()
            record(done)
            async with self._landed:
                self._flying -= 1
                self._bytes -= len(letter.value)
                self._landed.notify_all()
            self._gauge.set(self._flying)

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)
