"""Shards: every host in one, found things handed over once, a store of one file split without losing a row."""

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.fetcher.database import FILE, connect, files
from services.fetcher.handover import Found
from services.fetcher.hold import Members, hold
from services.fetcher.outboxes import Outboxes
from services.fetcher.records import ArticleRecord, FeedRecord, OriginRecord, UrlRecord
from services.fetcher.robots_cache import RobotsCopy
from services.fetcher.shards import Shard, shard_of
from services.fetcher.sources import SourceConfig
from services.fetcher.split import ShardsError, settle
from services.fetcher.state import Store
from services.fetcher.views import Views
from shared.identity import article_id, identity_key

NOW = 1_795_000_000.0
COUNT = 4
HOSTS = [f"host{n}.example" for n in range(40)]
SOURCES = [SourceConfig(id=f"s{n}", feeds=(f"https://{host}/feed",)) for n, host in enumerate(HOSTS)]


def agenda(store: Store) -> dict[str, float]:
    """Every origin that something is to be asked of, and from when on."""
    return {job.origin: at for job, at in store.first_jobs()}


def found(url: str, source_id: str = "s0", **more) -> UrlRecord:
    return UrlRecord(key=article_id(url), url=url, source_id=source_id, discovered_at=NOW, **more)


def article(url: str) -> ArticleRecord:
    return ArticleRecord(
        article_id=article_id(url),
        url=url,
        final_url=url,
        source_id="s0",
        revision=1,
        content_hash="c",
        first_seen_at=NOW,
        discovered_at=NOW,
    )


def polled(store: Store, host: str, *urls: UrlRecord, **more) -> list[str]:
    feed = store.feed(f"https://{host}/feed")
    assert feed is not None
    return store.save_feed(replace(feed, asked_at=NOW, interval_seconds=60.0, **more), NOW + 60, urls)


def host_in(shard: int, beside: str = "") -> str:
    return next(host for host in HOSTS if host != beside and shard_of(f"https://{host}/", COUNT) == shard)


@pytest.fixture
def stores(tmp_path: Path):
    opened = [Store(tmp_path, Shard(number, COUNT)) for number in range(COUNT)]
    for store in opened:
        store.adopt(SOURCES, NOW)
    yield opened
    for store in opened:
        store.close()


@given(st.sampled_from(["http", "https"]), st.sampled_from(["", ":80", ":443", ":8443"]), st.integers(2, 64))
def test_an_address_and_its_identity_key_are_in_one_shard(scheme: str, port: str, count: int):
    url = f"{scheme}://News.Example{port}/a?utm_source=x&b=1"
    assert shard_of(url, count) == shard_of(identity_key(url), count)


def test_every_feed_is_asked_by_the_owner_of_its_host_and_by_no_other(stores):
    asked = Counter(origin for store in stores for origin in agenda(store))
    assert asked == Counter(f"https://{host}" for host in HOSTS)
    assert all(store.shard.owns(origin) for store in stores for origin in agenda(store))


def test_what_is_found_on_another_host_is_handed_over_once(stores, tmp_path):
    here, there = host_in(0), host_in(1)
    urls = [found(f"https://{here}/1"), found(f"https://{there}/2")]
    keys = [url.key for url in urls]
    assert stores[0].unknown(keys) == keys
    assert polled(stores[0], here, *urls) == [f"https://{here}/1"]
    assert stores[0].unknown(keys) == []
    assert stores[0].fates() == {"open": 2}  # one of them on its way
    assert stores[0].handed() == {1: Found((urls[1],))}
    assert stores[1].receive(stores[0].handed()[1], NOW) == [f"https://{there}/2"]
    assert stores[1].receive(stores[0].handed()[1], NOW) == []  # told twice
    stores[0].handed_over(stores[0].handed()[1])
    assert stores[0].handed() == {}
    assert polled(stores[0], here, *urls) == []
    assert stores[0].unknown(keys) == []
    assert [store.fates() for store in stores[:2]] == [{"open": 1}, {"open": 1}]
    assert Views(tmp_path).fates() == {"open": 2}


def test_the_sitemaps_of_an_index_live_with_their_own_hosts(stores):
    here, there = host_in(0), host_in(2)
    index = FeedRecord(url=f"https://{here}/feed", source_id="s0", kind="sitemap", asked_at=NOW)
    child = FeedRecord(url=f"https://{there}/map.xml", source_id="s0", kind="sitemap", parent=index.url)
    assert stores[0].save_feed(index, NOW + 60, (), [child]) == []
    assert stores[2].receive(stores[0].handed()[2], NOW) == [child.url]
    stores[2].adopt(SOURCES, NOW)  # its index is known elsewhere: it stays
    assert stores[2].feed(child.url) == child
    assert f"https://{there}" in agenda(stores[2])


def test_an_address_that_comes_back_to_its_own_key_is_open_again(stores):
    here, there = host_in(0), host_in(1)
    short, gate = found(f"https://{here}/a"), found(f"https://{there}/gate")
    polled(stores[0], here, short)
    stores[0].save_url(replace(short, fate="redirected", target=gate.key), None, gate)
    assert stores[0].handed() == {1: Found((gate,))}
    back = found(f"https://{here}/a?utm_source=gate", hops=2)
    assert back.key == short.key
    assert stores[0].receive(Found((back,)), NOW) == [back.url]
    assert stores[0].fates() == {"open": 2}  # this one, and the gate on its way
    assert stores[0].receive(Found((short,)), NOW) == []  # the same address again would be a circle


def test_news_on_another_host_makes_a_silent_feed_of_the_source_doubtful(stores):
    there = host_in(1)
    source = next(source.id for source in SOURCES if there in source.feeds[0])
    polled(stores[1], there, outcome="not_modified")
    stores[1].receive(Found((found(f"https://{there}/new", source),)), NOW + 5)
    feed = stores[1].feed(f"https://{there}/feed")
    assert feed is not None
    assert feed.doubted_at == NOW + 5


def test_the_outboxes_of_several_shards_are_one(stores):
    outboxes = Outboxes()
    outboxes.stores |= {0: stores[0], 1: stores[1]}
    for n in range(3):
        stores[n % 2].save_article(article(f"https://{host_in(n % 2)}/{n}"), None, b"message %d" % n)
    first = outboxes.pending(2)
    rest = outboxes.pending(5, first[-1][0])
    assert [message for _, message in (*first, *rest)] == [b"message 0", b"message 2", b"message 1"]
    stores[1].save_article(article(f"https://{host_in(1)}/9"), None, b"later")
    assert [message for _, message in outboxes.pending(5, rest[-1][0])] == [b"later"]
    outboxes.acknowledge([first[0][0], rest[0][0]])
    assert outboxes.outbox_size() == 2
    assert sorted(message for _, message in outboxes.pending(9)) == [b"later", b"message 2"]  # from the beginning
    gone = outboxes.stores.pop(1)
    outboxes.acknowledge(number for number, _ in outboxes.pending(9))
    assert (outboxes.outbox_size(), gone.outbox_size()) == (0, 1)


def filled(folder: Path) -> None:
    """A store of one file with rows about every host."""
    store = Store(folder)
    store.adopt(SOURCES, NOW)
    for n, host in enumerate(HOSTS):
        own, other = found(f"https://{host}/1", f"s{n}"), found(f"https://{HOSTS[(n + 1) % 40]}/from-{n}", f"s{n}")
        polled(store, host, own, other, etag=f'"{n}"')
        store.save_article(article(own.url), NOW + 60, b"message %d" % n, [replace(own, fate="fetched")])
        store.hosts.save_origin(OriginRecord(origin=f"https://{host}", ready_at=NOW + n))
        store.hosts.save_robots(f"https://{host}", RobotsCopy(200, b"", NOW, NOW))
    moved = store.feed(f"https://{HOSTS[0]}/feed")
    assert moved is not None
    store.save_feed(replace(moved, address=f"https://{HOSTS[1]}/moved"), NOW + 90)
    store.close()


def test_a_store_of_one_file_is_split_without_losing_a_row(tmp_path: Path):
    filled(tmp_path)
    before = Views(tmp_path)
    feeds, fates = before.feeds(), before.fates()
    settle(tmp_path, COUNT)
    assert [file.name for file in files(tmp_path)] == [f"shard-{n}-of-4.sqlite3" for n in range(COUNT)]
    assert (Views(tmp_path).feeds(), Views(tmp_path).fates()) == (feeds, fates)
    assert Views(tmp_path).outbox_size() == len(HOSTS)
    stores = [Store(tmp_path, Shard(number, COUNT)) for number in range(COUNT)]
    for store in stores:
        store.adopt(SOURCES, NOW + 1)
        assert all(store.feed(f"https://{host}/feed") for host in HOSTS if store.shard.owns(f"https://{host}/"))
        own = [origin for origin in agenda(store) if store.shard.owns(origin)]
        assert all(store.hosts.origin(origin).ready_at >= NOW for origin in own)
        assert store.handed() == {}
    elsewhere = stores[shard_of(f"https://{HOSTS[0]}/", COUNT)]
    assert f"https://{HOSTS[1]}" in agenda(elsewhere)  # the feed that moved is still its shard's
    for n, host in enumerate(HOSTS):  # what a feed named on other hosts is no news to it
        store = stores[shard_of(f"https://{host}/", COUNT)]
        assert store.unknown([found(f"https://{HOSTS[(n + 1) % 40]}/from-{n}", f"s{n}").key]) == []
    for store in stores:
        store.close()
    settle(tmp_path, COUNT)  # and once more changes nothing
    assert Views(tmp_path).fates() == fates


def test_a_split_that_was_killed_goes_on(tmp_path: Path):
    filled(tmp_path)
    fates = Views(tmp_path).fates()
    (tmp_path / "new-shard-0-of-4.sqlite3").write_bytes(b"half of it")
    settle(tmp_path, COUNT)
    assert Views(tmp_path).fates() == fates
    shard = tmp_path / "shard-2-of-4.sqlite3"
    shard.rename(tmp_path / f"new-{shard.name}")  # killed between two of the last renames
    (tmp_path / "before-shards.sqlite3").touch()
    settle(tmp_path, COUNT)
    assert Views(tmp_path).fates() == fates
    assert not (tmp_path / "before-shards.sqlite3").exists()


def test_another_number_of_shards_is_refused_with_words(tmp_path: Path):
    settle(tmp_path, COUNT)
    Store(tmp_path, Shard(1, COUNT)).close()
    settle(tmp_path, COUNT)
    for other in (1, 8):
        with pytest.raises(ShardsError, match=f"has 4 shards .*WIREROOM_SHARDS is {other}"):
            settle(tmp_path, other)
    connect(tmp_path).close()  # a store of one file beside the shards: an older program ran here
    with pytest.raises(ShardsError, match=rf"has 1 shards \({FILE}\)"):
        settle(tmp_path, COUNT)


def test_a_store_of_the_second_version_is_brought_up(tmp_path: Path):
    old = sqlite3.connect(tmp_path / FILE)
    for script in ("schema.sql", "schema_2.sql"):
        old.executescript((Path("services/fetcher") / script).read_text(encoding="utf-8"))
    old.execute("INSERT INTO sources VALUES ('s0', '{\"id\":\"s0\"}')")
    old.execute(
        "INSERT INTO urls VALUES (?, ?, 's0', 'feed', '', 1, 'open', '', '', 0, '')", ("k", f"https://{HOSTS[0]}/1")
    )
    old.execute("PRAGMA user_version = 2")
    old.commit()
    old.close()
    settle(tmp_path, COUNT)
    assert Views(tmp_path).fates() == {"open": 1}


def test_processes_share_the_shards_and_take_over(tmp_path: Path):
    first, second, third = (Members(tmp_path, COUNT) for _ in range(3))
    assert first.share() == 4
    assert second.share() == 2
    assert first.share() == 2
    assert third.share() == 2
    second.close()
    first.close()
    assert third.share() == 4
    late = [Members(tmp_path, COUNT) for _ in range(COUNT)]
    assert [member.share() for member in late] == [2, 2, 1, 0]  # more processes than shards: one waits
    for member in (third, *late):
        member.close()


async def test_holding_two_stores_worth_of_shards(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("services.fetcher.hold.EVERY_SECONDS", 0.02)
    working: Counter[int] = Counter()

    async def work(store: Store, stop: asyncio.Event) -> None:
        working[store.shard.number] += 1
        assert working[store.shard.number] == 1  # never two at once
        await stop.wait()
        working[store.shard.number] -= 1

    async def until(true) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.01)

    stops, outboxes = [asyncio.Event(), asyncio.Event()], [Outboxes(), Outboxes()]
    one = asyncio.create_task(hold(tmp_path, COUNT, work, outboxes[0], stops[0]))
    await until(lambda: len(outboxes[0].stores) == COUNT)
    two = asyncio.create_task(hold(tmp_path, COUNT, work, outboxes[1], stops[1]))
    await until(lambda: [len(outbox.stores) for outbox in outboxes] == [2, 2])
    stops[0].set()
    await one
    await until(lambda: len(outboxes[1].stores) == COUNT)
    stops[1].set()
    await two
    assert working.total() == 0


async def test_what_ends_the_work_on_a_shard_ends_the_process(tmp_path: Path):
    async def work(store: Store, stop: asyncio.Event) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        await hold(tmp_path, COUNT, work, Outboxes(), asyncio.Event())
