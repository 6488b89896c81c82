"""The loop: asks every origin, when its time comes, for what has been due longest."""

import asyncio
import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from services.fetcher import articles
from services.fetcher.clock import Clock
from services.fetcher.download import Client
from services.fetcher.gates import Postponed
from services.fetcher.manners import Manners
from services.fetcher.means import Means, Parse
from services.fetcher.origin import origin_of
from services.fetcher.plan import Plan
from services.fetcher.poll import poll
from services.fetcher.put_back import put_back
from services.fetcher.records import Job, Kind
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from shared.observe import metrics
from shared.topology import FETCHER

JOBS: dict[Kind, Callable[[Job, Means], Awaitable[list[str]]]] = {
    "feed": poll,
    "page": articles.fetch,
    "look": articles.look,
}
CRASH_REST_SECONDS = 21_600.0  # a job that met an error of ours is left alone so long, so it cannot go round in circles
IDLE_SECONDS, WATCH_SECONDS = 60.0, 5.0  # at most between looks at the agenda, and at sources that can change
FEW, GATHER_SECONDS = 8, 0.01  # with more jobs than that under way, those that end within so long are followed at once
FORGET_SECONDS = 600.0  # between lots that the store forgets
FULL_SECONDS = 1.0  # between looks at an outbox that is full
# New objects between two looks of the garbage collector, instead of 700: a request makes hundreds, nearly all of which
# go by themselves, and looking for the rest so often cost a tenth of a poll. Ten thousand are some megabytes.
YOUNG = 10_000


class Alarm:
    """Sets an event when a time has come."""

    def __init__(self, clock: Clock, wake: asyncio.Event) -> None:
        self._clock = clock
        self._wake = wake
        self._at = 0.0
        self._ringing: asyncio.Task[None] | None = None

    def set(self, seconds: float) -> None:
        """So many seconds from now at the latest; one that was to come sooner stays."""
        at = self._clock.now() + seconds
        if self._ringing is None or self._ringing.done() or at < self._at:
            self.cancel()
            self._at, self._ringing = at, asyncio.create_task(self._ring(seconds))

    def cancel(self) -> None:
        """It does not come."""
        if self._ringing is not None:
            self._ringing.cancel()

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._wake.set()


class Arrivals:
    """Addresses that came in from outside of the loop, which wakes up for them."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self._addresses: list[str] = []

    def put(self, addresses: Iterable[str]) -> None:
        """There is something to ask of these."""
        self._addresses += addresses
        self.wake.set()

    def take(self) -> set[str]:
        """Their origins."""
        origins, self._addresses = set(map(origin_of, self._addresses)), []
        return origins


async def crawl(
    sources: Sequence[SourceConfig],
    store: Store,
    client: Client,
    parse: Parse,
    settings: FetcherSettings,
    clock: Clock,
    stop: asyncio.Event,
    changed: Callable[[], Sequence[SourceConfig] | None] | None = None,
) -> None:
    """Fetches `sources` into a store that is not split; see `follow`.

    Args:
        client: entered.
        parse: reads a feed, in a process of its own.
        clock: the only time that the fetcher knows; the client's deadlines are real ones.
    """
    means = Means(store, Manners(store, client, settings, clock), parse, settings, clock)
    await follow(sources, means, stop, changed)


async def follow(
    sources: Sequence[SourceConfig],
    means: Means,
    stop: asyncio.Event,
    changed: Callable[[], Sequence[SourceConfig] | None] | None = None,
    arrivals: Arrivals | None = None,
    outbox_size: Callable[[], int] | None = None,
) -> None:
    """Fetches into the store's outbox until `stop` is set, then ends what is under way and returns.

    A request that is on its way has two seconds more to end, so that it need not be made again; what has asked nothing
    yet is due as before. Nothing is lost by giving up the rest, or by a kill: that is asked again when its claim runs
    out.

    Args:
        changed: asked again and again: the sources, when they are others than before.
        arrivals: what others add to the store.
        outbox_size: messages that wait to be carried on; those of this store by default.

    Raises:
        sqlite3.Error: the store cannot be written.
    """
    store, settings, clock = means.store, means.settings, means.clock
    arrivals, outbox_size = arrivals or Arrivals(), outbox_size or store.outbox_size
    gc.set_threshold(YOUNG)
    plan, wake = Plan(means), arrivals.wake
    plan.adopt(sources)
    alarm = Alarm(clock, wake)
    running: dict[asyncio.Task[list[str]], Job] = {}
    stopping = asyncio.create_task(_wake_when(stop, wake))
    forgot_at = clock.now()
    try:
        while not stop.is_set():
            wake.clear()
            for task in [task for task in running if task.done()]:
                job = running.pop(task)
                plan.free(job, map(origin_of, task.result()))
            plan.look(arrivals.take())
            if changed and (others := changed()) is not None:
                plan.adopt(others)
            if clock.now() - forgot_at >= FORGET_SECONDS:
                forgot_at = clock.now()
                store.forget(forgot_at, settings.keep_seconds)
            waiting = outbox_size()
            metrics.OUTBOX.set(waiting)
            while waiting < settings.outbox_max and len(running) < settings.origins_at_once:
                ready = plan.take()
                if ready is None:
                    break
                started = asyncio.create_task(_run(ready, means))
                started.add_done_callback(lambda _: wake.set())
                running[started] = ready
            next_at = plan.next_at()
            longest = WATCH_SECONDS if changed else IDLE_SECONDS
            pause = longest if next_at is None else min(longest, max(0.0, next_at - clock.now()))
            alarm.set(pause or FULL_SECONDS)  # no pause: something is due, and there is no room for it
            await wake.wait()
            if len(running) > FEW:  # so that the next ones start together, and are written down in one go
                await clock.sleep(GATHER_SECONDS)
        await put_back(running, means)
    finally:
        alarm.cancel()
        for unfinished in (stopping, *running):
            unfinished.cancel()
        await asyncio.gather(stopping, *running, return_exceptions=True)


async def _run(job: Job, means: Means) -> list[str]:
    """One job to its end. Returns the addresses that there is now something to ask of."""
    try:
        return await JOBS[job.kind](job, means)
    except Postponed as later:
        means.store.put_off(job, later.until)
    except sqlite3.Error:
        raise
    except Exception:  # a fault of ours: told loudly, and no reason to leave everything else undone
        structlog.get_logger().exception("crashed", stage=FETCHER.name, outcome="failed", url=job.key, job=job.kind)
        means.store.put_off(job, means.clock.now() + CRASH_REST_SECONDS)
    return []


async def _wake_when(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()
