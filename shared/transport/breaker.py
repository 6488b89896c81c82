"""When most of a stream fails, the stage is broken and not the stream: stop parking, probe, wait.

Single bad documents are parked. If `crashed`, `timeout`, `out_of_memory` or `undecodable` make up most of the last
outcomes, nothing is parked and nothing new is begun any more: one message at a time is tried, with growing waits, until
one passes. Then everything that failed meanwhile is tried again. A process that has just started knows nothing, so it
parks nothing before one message has passed or enough have failed; a restart does not park a broken stream piece by
piece.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from shared.observe import metrics
from shared.outcomes import Done, Reason

SUSPICIOUS = frozenset({Reason.CRASHED, Reason.TIMEOUT, Reason.OUT_OF_MEMORY, Reason.UNDECODABLE})
WINDOW = 20  # outcomes looked back on
FEWEST = 5  # failures that can hold the stage
GRACE_SECONDS = 30.0  # a failure that nothing can be compared with is parked after that: the topic holds only this
LONGEST_WAIT_SECONDS = 60.0

Run = Callable[[bytes], Awaitable[Done]]
Sleep = Callable[[float], Awaitable[None]]


class Attempt(NamedTuple):
    """One try of one message. `era` counts how often the stage was held or resumed before it began."""

    done: Done
    era: int
    tries: int


class Breaker:
    """Runs the messages of one stage in one process, and decides which failures are the message's own.

    Args:
        run: one encoded message through the stage; never raises for a document's sake.
        first_wait: seconds before the first probe; doubles from probe to probe, with jitter.
        sleep: waits; an argument so that tests need not.
    """

    def __init__(self, stage: str, run: Run, first_wait: float, sleep: Sleep = asyncio.sleep) -> None:
        self._stage, self._run, self._sleep = stage, run, sleep
        self._gauge = metrics.PAUSED.labels(stage)
        self._gauge.set(0)
        self._first_wait = self._wait = first_wait
        self._failures: deque[bool] = deque(maxlen=WINDOW)
        self._news = asyncio.Event()  # a message passed, or the stage is held
        self._turn = asyncio.Lock()  # one probe at a time
        self._era = 0
        self.held = False

    async def attempt(self, message: bytes, tries: int = 0) -> Attempt:
        """Runs a message; while the stage is held it waits for its turn as a probe."""
        if self.held:
            async with self._turn:
                if self.held:
                    return await self._probe(message, tries + 1)
        era = self._era
        done = await self._run(message)
        if era == self._era:
            self._note(done)
        return Attempt(done, era, tries + 1)

    async def settle(self, message: bytes, attempt: Attempt) -> Attempt:
        """The attempt to act on: the one given, or a later one. Does not return a failure while the stage is held."""
        while attempt.done.reason in SUSPICIOUS:
            if self.held or attempt.era != self._era:  # it failed while everything did
                attempt = await self.attempt(message, attempt.tries)
            elif not all(self._failures) or not await self._company():
                break  # others pass, so it is the message's own fault; or there are no others
        return attempt

    async def _probe(self, message: bytes, tries: int) -> Attempt:
        await self._sleep(self._wait * random.uniform(0.5, 1.5))  # noqa: S311 (spreads probes, no secret)
        self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
        done = await self._run(message)
        if done.reason not in SUSPICIOUS:
            self._turn_to(held=False)
            self._wait = self._first_wait
            self._note(done)
        return Attempt(done, self._era, tries)

    def _note(self, done: Done) -> None:
        failed = done.reason in SUSPICIOUS
        self._failures.append(failed)
        failures = sum(self._failures)
        if failures >= FEWEST and failures * 2 > len(self._failures):
            self._turn_to(held=True)
        if self.held or not failed:
            self._news.set()

    def _turn_to(self, *, held: bool) -> None:
        self.held = held
        self._era += 1
        self._failures.clear()
        self._gauge.set(held)
        log = structlog.get_logger()
        if held:
            log.error("stage holds everything: most of its messages fail", stage=self._stage)
        else:
            log.info("stage goes on: a message passed", stage=self._stage)

    async def _company(self) -> bool:
        """Waits until something is known to compare a failure with; False where nothing comes."""
        self._news.clear()
        waiting = asyncio.ensure_future(self._news.wait())
        grace = asyncio.ensure_future(self._sleep(GRACE_SECONDS))
        try:
            await asyncio.wait({waiting, grace}, return_when=asyncio.FIRST_COMPLETED)
            return waiting.done()
        finally:
            waiting.cancel()
            grace.cancel()
