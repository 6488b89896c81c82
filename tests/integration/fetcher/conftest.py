"""A scripted publisher on loopback, and a clock that lives through days in a moment."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.fetcher.crawl import crawl
from services.fetcher.download import Answer, Client
from services.fetcher.feeds import Feed, FeedDocument, parse_feed
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from shared import codec
from shared.messages import RawArticle

START = 1_795_000_000.0  # 2026-11-18


@dataclass
class Says:
    """One scripted answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # real time that the server takes


@dataclass
class Asked:
    """One request that arrived."""

    at: float  # on the simulated clock
    path: str
    headers: Mapping[str, str]  # lower-case names
    method: str = "GET"
    version: str = "HTTP/1.1"


Answers = Says | Callable[[Asked], Says]


class SimulatedClock:
    """Time passes only in `pass_time`, and only while nobody waits for a server."""

    def __init__(self) -> None:
        self.time = START
        self.busy = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.time + max(0.0, seconds), self._count, woken))
        await woken

    async def pass_time(self, seconds: float) -> None:
        end = self.time + seconds
        while True:
            await self._everyone_waits()
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if not self._sleepers or self._sleepers[0][0] > end:
                self.time = end
                return
            at, _, woken = heapq.heappop(self._sleepers)
            self.time = max(self.time, at)
            woken.set_result(None)

    async def _everyone_waits(self) -> None:
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # the only place that knows
        while True:
            await asyncio.sleep(0.0005 if self.busy else 0)
            if not self.busy and not ready:
                return


class WatchedClient(Client):
    """The real client; the simulated clock stands still while a request is on its way."""

    clock: SimulatedClock

    async def get(self, url, *, before_hop=None, **more) -> Answer:  # type: ignore[override]
        async def hop(to: str) -> None:
            self.clock.busy -= 1
            try:
                await before_hop(to)
            finally:
                self.clock.busy += 1

        self.clock.busy += 1
        try:
            return await super().get(url, before_hop=hop, **more)
        finally:
            self.clock.busy -= 1


class Publisher:
    """One origin on loopback: answers by path, and remembers what it was asked."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.answers: dict[str, Answers] = {"/robots.txt": Says(status=404)}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0
        self._clock = clock
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def times(self, path: str) -> list[float]:
        """Seconds after the start at which `path` was asked for."""
        return [asked.at - START for asked in self.asked if asked.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # a TLS ClientHello: this port speaks plain HTTP
                return
            lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            method, path, version = lines[0].split(" ")
            asked = Asked(self._clock.now(), path, headers, method, version)
            self.asked.append(asked)
            answer = self.answers.get(asked.path, Says(status=404))
            says = answer if isinstance(answer, Says) else answer(asked)
            await asyncio.sleep(says.seconds)
            fields = {"Content-Length": str(len(says.body)), "Connection": "close", **says.headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            writer.write(f"HTTP/1.1 {says.status} Scripted\r\n{head}\r\n".encode() + says.body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._at_once -= 1
            writer.close()


def rss(*links: str, extra: str = "") -> Says:
    items = "".join(
        f"<item><title>Title of {link}</title><link>{link}</link>"
        f"<pubDate>Sun, 22 Nov 2026 08:30:00 +0200</pubDate></item>"
        for link in links
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{extra}{items}</channel></rss>'
    return Says(body.encode(), headers={"Content-Type": "application/rss+xml"})


def page(text: str, **headers: str) -> Says:
    body = f"<!doctype html><html><head><title>{text}</title></head><body><p>{text}</p></body></html>"
    return Says(body.encode(), headers={"Content-Type": "text/html; charset=utf-8", **headers})


class World:
    """Publishers, one fetcher, one clock."""

    rss = staticmethod(rss)
    page = staticmethod(page)
    Says = Says

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock()
        self.folder = folder
        self.publishers: list[Publisher] = []
        self.settings = FetcherSettings(contact="https://wireroom.example/contact", tdm_well_known=False)
        self.store: Store
        self.changed = None  # a function: the sources, when they are others than before

    @asynccontextmanager
    async def publisher(self) -> AsyncIterator[Publisher]:
        publisher = Publisher(self.clock)
        server = await asyncio.start_server(publisher.serve, "127.0.0.1", 0)
        publisher.port = server.sockets[0].getsockname()[1]
        self.publishers.append(publisher)
        try:
            yield publisher
        finally:
            server.close()
            await server.wait_closed()

    async def live(self, seconds: float, *sources: SourceConfig) -> list[RawArticle]:
        """Runs a fetcher for so much simulated time; returns all that is in its outbox then."""
        stop = asyncio.Event()
        allow = frozenset(("127.0.0.1", publisher.port) for publisher in self.publishers)
        self.store = Store(self.folder)
        try:
            async with WatchedClient(user_agent(self.settings), allow) as client:
                client.clock = self.clock
                running = asyncio.create_task(
                    crawl(sources, self.store, client, self.parse, self.settings, self.clock, stop, self.changed)
                )
                passing = asyncio.create_task(self.clock.pass_time(seconds))
                await asyncio.wait({running, passing}, return_when=asyncio.FIRST_COMPLETED)
                stop.set()
                await asyncio.wait_for(running, 2)
                passing.cancel()
            self.fates, self.refusals = self.store.fates(), self.store.refusals()
            return [codec.decode(data, RawArticle) for _, data in self.store.pending(10_000)]
        finally:
            self.store.close()

    async def parse(self, document: FeedDocument) -> Feed:
        return parse_feed(document)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
