"""When most of a stream fails, the stage is broken and not the stream: stop parking, probe, wait.

Single bad documents are parked. If `crashed`, `timeout`, `out_of_memory` or `undecodable` make up most of the last
messages, nothing is parked any more: one message at a time is tried again, with growing waits, until one passes. A
process that has just started is unproven: until a message passes, a handful of failures is enough to hold everything,
so restarts do not park a broken stream piece by piece.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable

from shared.observe import metrics
from shared.outcomes import Done, Reason

SUSPICIOUS = frozenset({Reason.CRASHED, Reason.TIMEOUT, Reason.OUT_OF_MEMORY, Reason.UNDECODABLE})
WINDOW = 20  # messages looked back on
UNPROVEN_FAILURES = 5  # held before the first message has passed
GRACE_SECONDS = 30.0  # an unproven process with fewer failures than that waits so long for company, then parks
LONGEST_WAIT_SECONDS = 60.0

Again = Callable[[], Awaitable[Done]]
Sleep = Callable[[float], Awaitable[None]]


class Breaker:
    """Judges the outcomes of one stage in one process.

    Args:
        stage: metric label.
        first_wait: seconds before the first probe; doubles from probe to probe, with jitter.
        sleep: waits; an argument so that tests need not.
    """

    def __init__(self, stage: str, first_wait: float, sleep: Sleep = asyncio.sleep) -> None:
        self._gauge = metrics.PAUSED.labels(stage)
        self._gauge.set(0)
        self._first_wait = self._wait = first_wait
        self._sleep = sleep
        self._failures: deque[bool] = deque(maxlen=WINDOW)
        self._proven = asyncio.Event()
        self._turn = asyncio.Lock()

    def tripped(self) -> bool:
        """Whether the stage holds everything."""
        if not self._proven.is_set():
            return sum(self._failures) >= UNPROVEN_FAILURES
        return len(self._failures) == WINDOW and sum(self._failures) * 2 > WINDOW

    async def judge(self, done: Done, again: Again) -> Done:
        """The outcome to act on: `done` itself, or what a later try gave. Does not return while the stage is held."""
        if self._passed(done):
            return done
        self._failures.append(True)
        held = self.tripped() or not self._proven.is_set()
        if not self.tripped() and not self._proven.is_set():
            await self._company()
        while self.tripped():
            self._gauge.set(1)
            async with self._turn:
                if not self.tripped():
                    break
                await self._sleep(self._wait * random.uniform(0.5, 1.5))  # noqa: S311 (spreads probes, no secret)
                self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
                done = await again()
                if self._passed(done):
                    return done
        if held and self._proven.is_set():  # it failed while everything did: once more, now that something passes
            done = await again()
        return done

    def _passed(self, done: Done) -> bool:
        if done.reason in SUSPICIOUS:
            return False
        if self.tripped() or not self._proven.is_set():
            self._failures.clear()
            self._wait = self._first_wait
            self._gauge.set(0)
        self._failures.append(False)
        self._proven.set()
        return True

    async def _company(self) -> None:
        """Waits for the first message that passes, for enough failures to hold everything, or for the grace to end."""
        proven = asyncio.ensure_future(self._proven.wait())
        waited = 0.0
        try:
            while waited < GRACE_SECONDS and not self.tripped() and not proven.done():
                await self._sleep(0.5)
                waited += 0.5
        finally:
            proven.cancel()
