"""The plan: feeds are not held up by pages, pages not by feeds, and what changed is not asked as it was."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from services.fetcher.manners import Manners
from services.fetcher.means import Means
from services.fetcher.plan import Plan
from services.fetcher.records import Job, UrlRecord
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store
from tests.fixtures.scripted_publisher import START, SimulatedClock

ORIGIN, OTHER = "https://news.example", "https://other.example"
FEEDS = tuple(f"{ORIGIN}/feed{n}" for n in range(3))
SOURCE = SourceConfig(id="news", feeds=FEEDS)


@pytest.fixture
def means(tmp_path: Path):
    store, clock, settings = Store(tmp_path), SimulatedClock(), FetcherSettings()
    yield Means(store, Manners(store, None, settings, clock), None, settings, clock)
    store.close()


def named(n: int, origin: str = ORIGIN) -> UrlRecord:
    return UrlRecord(key=f"{n:032x}", url=f"{origin}/{n}", source_id="news", discovered_at=START)


def asked(means: Means, job: Job, again: float | None) -> None:
    """As a job does that ends well."""
    assert means.store.claim(job, START + 30)
    if job.kind == "feed":
        feed = means.store.feed(job.key)
        assert feed is not None
        means.store.save_feed(replace(feed, asked_at=START), again)
    else:
        url = means.store.url(job.key)
        assert url is not None
        means.store.save_url(replace(url, fate="fetched"), again)


def test_feeds_and_pages_that_are_due_take_turns(means: Means):
    plan = Plan(means)
    means.store.adopt([SOURCE], START)
    for url in FEEDS:
        feed = means.store.feed(url)
        assert feed is not None
        means.store.save_feed(replace(feed, asked_at=START), START + 1, [named(n) for n in range(100)])
    means.clock.time += 1
    plan.adopt([SOURCE])
    kinds = []
    for _ in range(8):
        job = plan.take()
        assert job is not None
        assert plan.take() is None, "one request at a time"
        kinds.append(job.kind)
        asked(means, job, START + 3600 if job.kind == "feed" else None)
        plan.free(job, [])
    assert kinds == ["feed", "page", "feed", "page", "feed", "page", "page", "page"]


def test_a_feed_that_falls_due_behind_a_backlog_is_next(means: Means):
    plan = Plan(means)
    plan.adopt([SourceConfig(id="news", feeds=FEEDS[:1])])
    first = plan.take()
    assert first is not None
    feed = means.store.feed(first.key)
    assert feed is not None
    means.store.save_feed(replace(feed, asked_at=START), START + 900, [named(n) for n in range(1000)])
    plan.free(first, [])
    polled = None
    for seconds in range(0, 1000, 5):
        means.clock.time = START + seconds
        job = plan.take()
        assert job is not None
        if job.kind == "feed":
            polled = seconds
            break
        asked(means, job, None)
        plan.free(job, [])
    assert polled is not None
    assert 900 <= polled <= 905


def test_a_host_that_wants_a_pause_waits_for_it_and_what_falls_due_meanwhile_counts(means: Means):
    plan = Plan(means)
    plan.adopt([SOURCE])
    job = plan.take()
    assert job is not None
    asked(means, job, START + 20)
    means.manners.gates.pace(ORIGIN, 30)
    plan.free(job, [])
    assert plan.next_at() == START + 30
    assert plan.take() is None
    means.clock.time = START + 30
    assert plan.take() is not None


def test_what_is_taken_out_meanwhile_is_not_asked(means: Means):
    plan = Plan(means)
    plan.adopt([SOURCE])
    plan.look([ORIGIN])
    means.store.adopt([SourceConfig(id="other", feeds=(f"{OTHER}/feed",))], START)
    job = plan.take()
    assert job is not None
    assert not means.store.claim(job, START + 30), "it was read before"
    plan.free(job, [])
    assert plan.take() is None
    plan.look([OTHER])
    other = plan.take()
    assert other is not None
    assert other.key == f"{OTHER}/feed"


def test_new_pages_of_an_origin_are_planned_when_it_is_named_and_not_while_it_is_busy(means: Means):
    plan = Plan(means)
    plan.adopt([SOURCE])
    job = plan.take()
    assert job is not None
    means.store.save_url(named(1, OTHER), START)
    plan.look([OTHER, ORIGIN])
    page = plan.take()
    assert page is not None
    assert page.origin == OTHER
    assert plan.take() is None
