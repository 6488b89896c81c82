"""One request in flight per origin, and the time before which each origin is left alone.

That time is in the store before a request is sent, so it holds across restarts, however a process ends.
"""

import asyncio
from typing import Any
from weakref import WeakSet

from msgspec.structs import replace

from services.fetcher import events
from services.fetcher.clock import Clock
from services.fetcher.download import Answer
from services.fetcher.freshness import retry_after
from services.fetcher.origin import origin_of
from services.fetcher.records import OriginRecord
from services.fetcher.schedule import rest_seconds
from services.fetcher.settings import FetcherSettings
from services.fetcher.state import Store

BUSY = (429, 503)  # "too many requests", "service unavailable"
FIRST_PATIENCE, HOP_PATIENCE = 1.0, 60.0  # seconds waited for an origin: before the first request, between redirects
KEPT = 10_000  # origins in memory; those not in use are forgotten beyond it, the store remembers them


class Postponed(Exception):
    """The origin wants to be left alone until `until` (Unix seconds): nothing was asked, come back then."""

    def __init__(self, until: float) -> None:
        super().__init__(f"not before {until:.0f}")
        self.until = until


class Gate:
    """One origin. Whoever holds it may ask it for something."""

    __slots__ = ("lock", "record", "users")

    def __init__(self, record: OriginRecord) -> None:
        self.record = record
        self.lock = asyncio.Lock()
        self.users = 0  # that hold it or wait for it


class Gates:
    """All origins of one fetcher."""

    def __init__(self, store: Store, settings: FetcherSettings, clock: Clock) -> None:
        self._store = store
        self._hosts = store.hosts
        self._settings = settings
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self.waiting: set[asyncio.Task[Any] | None] = set()  # tasks that ask for nothing just now
        self.asked: WeakSet[asyncio.Task[Any]] = WeakSet()  # those that would ask twice if they began anew

    def owns(self, url: str) -> bool:
        """Whether the host of `url` is one that we ask; others are asked by whoever has their shard."""
        return self._store.shard.owns(url)

    def mark(self) -> None:
        """The running task asks for something now that the store does not remember having."""
        if task := asyncio.current_task():
            self.asked.add(task)

    def ready_at(self, origin: str) -> float:
        """No request to `origin` before this time."""
        return self._gate(origin).record.ready_at

    async def take(self, origin: str, delay: float, patience: float) -> Gate:
        """Waits until `origin` is free and ready, and holds it. What follows is one request; `free` it afterwards.

        Args:
            delay: seconds to leave the origin alone after this request starts, should this process never report back.
            patience: the longest wait, in seconds, that is worth the slot in which others could be asked.

        Raises:
            Postponed: the wait would be longer.
        """
        gate = self._gate(origin)
        gate.users += 1
        task = asyncio.current_task()
        self.waiting.add(task)
        try:
            await gate.lock.acquire()
            try:
                if (wait := gate.record.ready_at - self._clock.now()) > patience:
                    raise Postponed(gate.record.ready_at)
                if wait > 0:
                    await self._clock.sleep(wait)
                gate.record = replace(gate.record, ready_at=self._clock.now() + delay)
                self._hosts.save_origin(gate.record)
                await self._store.durable()
            except BaseException:
                gate.lock.release()
                raise
        except BaseException:
            gate.users -= 1
            raise
        finally:
            self.waiting.discard(task)
        return gate

    def free(self, gate: Gate, delay: float) -> None:
        """Gives an origin back; the next request may start `delay` seconds from now, so a slow host is not pressed."""
        gate.record = replace(gate.record, ready_at=self._clock.now() + delay)
        gate.lock.release()
        gate.users -= 1

    def pace(self, origin: str, delay: float) -> None:
        """The delay of the request just made was not known when it was made: this is it."""
        gate = self._gate(origin)
        gate.record = replace(gate.record, ready_at=self._clock.now() + delay)

    async def note(self, answer: Answer) -> None:
        """After 429 and 503, the whole origin is left alone, for as long as it asks or twice as long each time.

        That is durable when this returns.
        """
        if not self.owns(answer.url):
            return  # who asked it there has noted it
        gate = self._gate(origin_of(answer.url))
        if answer.status not in BUSY:
            if gate.record.refusals:
                gate.record = replace(gate.record, refusals=0)
                self._hosts.save_origin(gate.record)
            return
        now, settings, refusals = self._clock.now(), self._settings, gate.record.refusals + 1
        asked = retry_after(answer.headers, now)
        rest = rest_seconds(asked, refusals, settings.backoff_seconds, settings.retry_after_max_seconds)
        gate.record = replace(gate.record, ready_at=max(gate.record.ready_at, now + rest), refusals=refusals)
        self._hosts.save_origin(gate.record)
        await self._store.durable()
        events.rest(gate.record.origin, answer.status, rest)

    def _gate(self, origin: str) -> Gate:
        gate = self._gates.get(origin)
        if gate is None:
            if len(self._gates) >= KEPT:
                now = self._clock.now()
                self._gates = {o: g for o, g in self._gates.items() if g.users or g.record.ready_at > now}
            gate = self._gates[origin] = Gate(self._hosts.origin(origin))
        return gate
