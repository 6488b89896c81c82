"""The store forgets what is old and settled, and nothing that somebody still waits for."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from services.fetcher.records import ArticleRecord, OriginRecord, UrlRecord
from services.fetcher.robots_cache import RobotsCopy
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store

NOW, DAY = 1_795_000_000.0, 86_400.0
KEEP = 400 * DAY


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path)
    opened.adopt([SourceConfig(id="a", feeds=("https://a.example/feed",))], NOW)
    yield opened
    opened.close()


def article(n: int, age: float) -> ArticleRecord:
    url = f"https://a.example/{n}"
    return ArticleRecord(
        article_id=f"{n:032x}", url=url, final_url=url, source_id="a", revision=1, content_hash="c",
        first_seen_at=NOW - age, discovered_at=NOW - age,
    )  # fmt: skip


def url(n: int, age: float, **more) -> UrlRecord:
    return UrlRecord(key=f"{n:032x}", url=f"https://a.example/{n}", source_id="a", discovered_at=NOW - age, **more)


def test_what_is_old_and_settled_goes_and_the_rest_stays(store: Store):
    for n, age, look in ((1, KEEP + DAY, None), (2, KEEP - DAY, None), (3, KEEP + DAY, NOW + 1)):
        store.save_article(article(n, age), look, None, [url(n, age, fate="fetched")])
    store.save_url(url(4, KEEP + DAY, fate="gone"), None)
    store.save_url(url(5, KEEP + DAY), NOW)
    store.save_article(article(6, KEEP + DAY), None, b"waiting", [url(6, KEEP + DAY, fate="fetched")])
    assert store.forget(NOW, KEEP) == 3
    assert [n for n in range(1, 7) if store.url(f"{n:032x}")] == [2, 3, 5, 6]
    assert [n for n in range(1, 7) if store.article(f"{n:032x}")] == [2, 3, 6]
    assert store.forget(NOW, KEEP) == 0


def test_hosts_that_nobody_asks_any_more_are_forgotten(store: Store):
    for origin, age in (
        ("https://old.example", 40 * DAY),
        ("https://new.example", DAY),
        ("https://a.example", 40 * DAY),
    ):
        store.hosts.save_origin(OriginRecord(origin=origin, ready_at=NOW - age, refusals=3))
        store.hosts.save_robots(origin, RobotsCopy(200, b"x", NOW - age, NOW - age))
    store.forget(NOW, KEEP)
    assert store.hosts.origin("https://old.example") == OriginRecord(origin="https://old.example")
    assert store.hosts.origin("https://new.example").refusals == 3
    assert store.hosts.origin("https://a.example").refusals == 3  # its feed is still due
    assert store.hosts.robots("https://new.example") is not None
    assert store.hosts.robots("https://old.example") is None


def test_a_gone_feed_stays_gone(store: Store):
    feed = store.feed("https://a.example/feed")
    assert feed is not None
    store.save_feed(replace(feed, outcome="gone", asked_at=NOW - KEEP - DAY), None)
    store.forget(NOW, KEEP)
    assert store.feed("https://a.example/feed") is not None
