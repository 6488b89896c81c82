"""When the loop ends, a job that has asked nothing is due as before; one that has asked keeps its claim."""

import asyncio
from pathlib import Path

import pytest

from services.fetcher.crawl import follow
from services.fetcher.manners import Manners
from services.fetcher.means import Means
from services.fetcher.robots_cache import RobotsCopy
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from tests.fixtures.scripted_publisher import START, SimulatedClock

WAITS, ASKS = "https://waits.example", "https://asks.example"


class SlowClient:
    """Enters each host as the real one does; no server ever answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.asking = asyncio.Event()

    async def get(self, url: str, *, before_hop, **_):
        await before_hop(url)
        self.asked.append(url)
        self.asking.set()
        await asyncio.Event().wait()


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path)
    for origin in (WAITS, ASKS):
        opened.hosts.save_robots(origin, RobotsCopy(404, b"", START, START))
    yield opened
    opened.close()


async def _until(true) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


async def test_what_waited_for_its_host_is_due_as_before_and_what_was_asked_is_not(store: Store, monkeypatch):
    monkeypatch.setattr("services.fetcher.put_back.END_SECONDS", 0.01)
    clock, settings, client = SimulatedClock(), FetcherSettings(), SlowClient()
    manners = Manners(store, client, settings, clock)
    held = await manners.gates.take(WAITS, 0.0, 1.0)  # as a redirect from elsewhere does
    sources = [SourceConfig(id=f"s{n}", feeds=(f"{origin}/feed",)) for n, origin in enumerate((WAITS, ASKS))]
    stop = asyncio.Event()
    running = asyncio.create_task(follow(sources, Means(store, manners, None, settings, clock), stop))
    await _until(lambda: client.asked and manners.gates.waiting)
    due = {job.origin: job.due_at for job, _ in store.first_jobs()}
    assert min(due.values()) > START, "both are claimed"
    stop.set()
    await running
    manners.gates.free(held, 1.0)
    due = {job.origin: job.due_at for job, _ in store.first_jobs()}
    assert due[WAITS] == START
    assert due[ASKS] > START + 60
    assert client.asked == [f"{ASKS}/feed"], "nobody is asked because of the end"
