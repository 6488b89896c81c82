"""The loop itself: it wakes when it should, and what ends within some milliseconds is followed in one go."""

import asyncio
from pathlib import Path

from services.fetcher.crawl import GATHER_SECONDS, JOBS, Alarm, crawl
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from tests.fixtures.scripted_publisher import START, SimulatedClock

HOSTS, AT_ONCE = 40, 20


async def test_an_alarm_rings_at_the_earliest_time_that_it_was_set_to():
    clock, wake = SimulatedClock(), asyncio.Event()
    alarm = Alarm(clock, wake)
    alarm.set(60)
    alarm.set(5)
    alarm.set(30)
    await clock.pass_time(4)
    assert not wake.is_set()
    await clock.pass_time(1)
    assert wake.is_set()
    wake.clear()
    await clock.pass_time(100)
    assert not wake.is_set(), "once"
    alarm.set(10)
    alarm.cancel()
    await clock.pass_time(100)
    assert not wake.is_set()


async def test_an_alarm_survives_a_clock_that_jumps_back():
    clock, wake = SimulatedClock(), asyncio.Event()
    alarm = Alarm(clock, wake)
    alarm.set(60)
    await clock.pass_time(0)
    clock.time -= 86_400
    alarm.set(60)
    await clock.pass_time(60)
    assert wake.is_set()


async def _starts(folder: Path, monkeypatch, hosts: int, at_once: int) -> list[float]:
    """When the jobs of as many hosts start, each of which ends some milliseconds after the one before it."""
    clock, started = SimulatedClock(), []

    async def job(job, means):
        number = len(started)
        started.append(clock.now())
        assert means.store.claim(job, START + 3600)
        await clock.sleep(0.1 + 0.4 * GATHER_SECONDS * number / at_once)
        return []

    monkeypatch.setitem(JOBS, "feed", job)
    store, stop = Store(folder), asyncio.Event()
    sources = [SourceConfig(id=f"h{n}", feeds=(f"https://h{n}.example/feed",)) for n in range(hosts)]
    settings = FetcherSettings(origins_at_once=at_once)
    running = asyncio.create_task(crawl(sources, store, None, None, settings, clock, stop))
    passing = asyncio.create_task(clock.pass_time(10))
    await asyncio.wait({running, passing}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await running
    store.close()
    return started


async def test_jobs_that_end_close_together_are_followed_together(tmp_path: Path, monkeypatch):
    starts = await _starts(tmp_path, monkeypatch, HOSTS, AT_ONCE)
    assert len(starts) == HOSTS
    assert len(set(starts)) == HOSTS // AT_ONCE


async def test_few_jobs_are_followed_at_once(tmp_path: Path, monkeypatch):
    starts = await _starts(tmp_path, monkeypatch, 4, 2)
    assert len(set(starts)) == 3  # two at first, then one as each of them ends
