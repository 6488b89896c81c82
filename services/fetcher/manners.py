"""How the fetcher asks strangers: through the client, at each origin's pace, never for what its robots.txt forbids."""

import asyncio
from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from services.fetcher.clock import Clock
from services.fetcher.download import Answer, Client, Elsewhere, Failed, Limits
from services.fetcher.gates import FIRST_PATIENCE, KEPT, Gates
from services.fetcher.neighbours import Errand, Neighbours, from_there
from services.fetcher.origin import origin_of
from services.fetcher.reservations import MAX_BYTES, ReservationCopy, reservations
from services.fetcher.reservations import PATH as RESERVATIONS_PATH
from services.fetcher.reservations import due_at as reservation_due_at
from services.fetcher.robots import RobotsFile
from services.fetcher.robots_cache import EVERYTHING_ALLOWED, RobotsCopy, due_at, renewed, rules_of, status_of
from services.fetcher.settings import AGENT, FetcherSettings
from services.fetcher.state import Store
from services.fetcher.visit import Visit, everything
from shared.messages import RightsSignal
from shared.outcomes import Refusal

PARSED = 1000  # robots files kept parsed; the store has them all


class Manners:
    """One for all that is asked of the hosts of a shard.

    Args:
        neighbours: the other shards, where there are any.
    """

    def __init__(
        self,
        store: Store,
        client: Client,
        settings: FetcherSettings,
        clock: Clock,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.gates = Gates(store, settings, clock)
        self._hosts = store.hosts
        self._durable = store.durable
        self._client = client
        self._settings = settings
        self._clock = clock
        self._neighbours = neighbours
        self._asking: dict[str, asyncio.Lock] = {}
        self._open: dict[str, float] = {}  # origins without any rule, with when they are asked again
        self._parsed: dict[str, tuple[RobotsCopy, RobotsFile]] = {}

    async def get(
        self,
        url: str,
        *,
        accept: str,
        headers: Mapping[str, str],
        limits: Limits,
        delay: float | None = None,
        obey: bool = True,
        proxy: str = "",
        patience: float = FIRST_PATIENCE,
        stay: bool = False,
    ) -> Answer:
        """Asks for `url` when its turn comes.

        Args:
            accept, headers, limits: see `Client.get`.
            delay: seconds between requests to one host that the operator wants.
            obey: whether robots.txt is asked at all.
            proxy: of the source; robots.txt is asked through it too.
            patience: seconds waited for the host.
            stay: leave what is on the hosts of other shards to them.

        Raises:
            Failed: see `Client.get`; `Refusal.ROBOTS` where a robots.txt forbids it or cannot be had.
            Postponed: a host wants to be left alone for longer than a request can wait.
            Elsewhere: with `stay`, where a redirect leads to another shard.
        """
        robots = partial(self.robots, delay=delay, proxy=proxy) if obey else everything
        visit = Visit(self.gates, robots, delay, self._settings.delay_seconds, patience, once=True)
        errand = Errand(url, accept, dict(headers), limits, delay, obey, proxy, patience)
        answer = await self._request(errand, visit, stay)
        await self.gates.note(answer)
        return answer

    async def _request(self, errand: Errand, visit: Visit, stay: bool = False) -> Answer:
        """One request; where it leads to the host of another shard, that one goes on with it."""
        try:
            return await self._client.get(
                errand.url,
                accept=errand.accept,
                headers=errand.headers,
                limits=errand.limits,
                before_hop=visit.enter,
                proxy=errand.proxy,
            )
        except Elsewhere as away:
            if stay or self._neighbours is None:
                raise
            visit.leave()
            self.gates.mark()
            await self._durable()  # when it is asked next, before it is asked there
            answer = await self._neighbours.get(from_there(errand, away))
            return replace(answer, hops=(*away.hops, *answer.hops))
        finally:
            visit.leave()

    async def robots(self, origin: str, delay: float | None = None, proxy: str = "") -> RobotsFile:
        """What `origin` allows; asked for when no copy is known or the known one is too old.

        Raises:
            Failed: the origin's address is denied.
            Postponed: it wants to be left alone.
        """
        now = self._clock.now()
        if self._open.get(origin, 0.0) > now:
            return EVERYTHING_ALLOWED
        copy = self._hosts.robots(origin)
        if copy is None or due_at(copy) <= now:
            copy = await self._renewed(origin, delay, proxy)
        return self._read(origin, copy)

    async def reservations(
        self, url: str, delay: float | None = None, patience: float = FIRST_PATIENCE, proxy: str = ""
    ) -> tuple[RightsSignal, ...]:
        """What the site of `url` reserves for it in its `/.well-known/tdmrep.json`, asked for once a day.

        Raises:
            Postponed: it wants to be left alone for longer than `patience` seconds.
        """
        origin = origin_of(url)
        copy = self._hosts.reservation(origin)
        if copy is None or reservation_due_at(copy) <= self._clock.now():
            copy = await self._ask_reservations(origin, delay, patience, proxy)
        return reservations(copy.body, url)

    async def _ask_reservations(self, origin: str, delay: float | None, patience: float, proxy: str) -> ReservationCopy:
        settings = self._settings
        limits = Limits(
            wire_bytes=MAX_BYTES,
            decoded_bytes=MAX_BYTES,
            redirects=settings.robots_redirects,
            total_seconds=settings.robots_total_seconds,
            connect_seconds=settings.connect_seconds,
        )
        robots = partial(self.robots, delay=delay, proxy=proxy)
        visit = Visit(self.gates, robots, delay, settings.delay_seconds, patience)
        url, accept = f"{origin}{RESERVATIONS_PATH}", "application/json"
        try:
            answer = await self._request(Errand(url, accept, {}, limits, delay, True, proxy, patience), visit)
            body = answer.body if answer.status in (200, 203) else b""
            copy = ReservationCopy(answer.status, body, self._clock.now())
            await self.gates.note(answer)
        except Failed:
            copy = ReservationCopy(0, b"", self._clock.now())
        self._hosts.save_reservation(origin, copy)
        return copy

    async def _renewed(self, origin: str, delay: float | None, proxy: str) -> RobotsCopy:
        """The copy in force, asked for by one of those who wait for it."""
        try:
            async with self._asking.setdefault(origin, asyncio.Lock()):
                copy = self._hosts.robots(origin)
                if copy is None or due_at(copy) <= self._clock.now():
                    copy = await self._ask(origin, copy, delay, proxy)
                return copy
        finally:
            self._asking.pop(origin, None)

    async def _ask(self, origin: str, old: RobotsCopy | None, delay: float | None, proxy: str) -> RobotsCopy:
        settings = self._settings
        limits = Limits(
            wire_bytes=settings.robots_bytes,
            decoded_bytes=settings.robots_bytes,
            redirects=settings.robots_redirects,
            total_seconds=settings.robots_total_seconds,
            connect_seconds=settings.connect_seconds,
        )
        visit = Visit(self.gates, everything, delay, settings.delay_seconds)
        answer = None
        url, accept = f"{origin}/robots.txt", "text/plain, */*;q=0.5"
        try:
            answer = await self._request(Errand(url, accept, {}, limits, delay, False, proxy, FIRST_PATIENCE), visit)
            copy = renewed(old, answer.status, answer.body, self._clock.now())
        except Failed as failed:
            if failed.refusal is Refusal.ADDRESS:
                raise
            copy = renewed(old, status_of(failed.refusal), b"", self._clock.now())
        self._hosts.save_robots(origin, copy)
        if answer is not None:
            if not answer.hops:
                self.gates.pace(origin, visit.pace(self._read(origin, copy)))
            await self.gates.note(answer)
        return copy

    def _read(self, origin: str, copy: RobotsCopy) -> RobotsFile:
        if not copy.body and copy.good_at == copy.asked_at:
            while len(self._open) >= KEPT:
                del self._open[next(iter(self._open))]
            self._open[origin] = due_at(copy)
            return EVERYTHING_ALLOWED
        known = self._parsed.get(origin)
        if known is not None and known[0] == copy:
            return known[1]
        robots = rules_of(copy, AGENT, self._clock.now())
        while len(self._parsed) >= PARSED:
            del self._parsed[next(iter(self._parsed))]
        self._parsed[origin] = copy, robots
        return robots
