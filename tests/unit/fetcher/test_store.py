"""The store: every URL has one fate, every article enters the outbox once, one process has the folder."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from services.fetcher import database
from services.fetcher.database import FILE, MIGRATIONS, LeaseTaken, StoreTooNew, connect
from services.fetcher.records import ArticleRecord, FeedRecord, Job, UrlRecord
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store

NOW = 1_795_000_000.0
FEED = "https://news.example/feed.xml"
SOURCE = SourceConfig(id="example", feeds=(FEED,))


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path)
    opened.adopt([SOURCE], NOW)
    yield opened
    opened.close()


def agenda(store: Store) -> dict[str, float]:
    """Every origin that something is to be asked of, and from when on."""
    return {job.origin: at for job, at in store.first_jobs()}


def found(n: int) -> UrlRecord:
    return UrlRecord(key=f"{n:032x}", url=f"https://news.example/{n}", source_id="example", discovered_at=NOW)


def article(n: int, revision: int = 1) -> ArticleRecord:
    return ArticleRecord(
        article_id=f"{n:032x}",
        url=f"https://news.example/{n}",
        final_url=f"https://news.example/{n}",
        source_id="example",
        revision=revision,
        content_hash="c",
        first_seen_at=NOW,
        discovered_at=NOW,
    )


def polled(store: Store, *urls: UrlRecord) -> list[str]:
    feed = store.feed(FEED)
    assert feed is not None
    return store.save_feed(msgspec.structs.replace(feed, asked_at=NOW, interval_seconds=60.0), NOW + 60, urls)


def test_a_new_feed_is_due_at_once(store: Store):
    assert agenda(store) == {"https://news.example": NOW}
    assert store.next_job("https://news.example", NOW) == Job("feed", FEED, "https://news.example", NOW)


def test_a_known_url_is_not_found_again(store: Store):
    assert polled(store, found(1), found(2)) == ["https://news.example/1", "https://news.example/2"]
    assert polled(store, found(2), found(3)) == ["https://news.example/3"]
    assert store.fates() == {"open": 3}


def test_every_url_has_exactly_one_fate(store: Store):
    urls = [found(n) for n in range(5)]
    polled(store, *urls)
    fetched = msgspec.structs.replace(urls[0], fate="fetched")
    redirected = msgspec.structs.replace(urls[1], fate="redirected", target=urls[0].key)
    store.save_article(article(0), NOW + 3600, b"message", [redirected, fetched])
    store.save_url(msgspec.structs.replace(urls[2], fate="refused", reason="robots"), None)
    store.save_url(msgspec.structs.replace(urls[3], fate="gone"), None)
    assert store.fates() == {"fetched": 1, "gone": 1, "open": 1, "redirected": 1, "refused": 1}
    assert store.refusals() == {"robots": 1}
    assert store.next_job("https://news.example", NOW) == Job("page", urls[4].key, "https://news.example", NOW)


def test_the_outbox_keeps_order_until_acknowledged(store: Store):
    for n in range(3):
        store.save_article(article(n), None, b"message %d" % n)
    rows = store.pending(2)
    assert [message for _, message in rows] == [b"message 0", b"message 1"]
    assert store.pending(2) == rows
    assert [message for _, message in store.pending(2, after=rows[-1][0])] == [b"message 2"]
    store.acknowledge(row_id for row_id, _ in rows)
    assert [message for _, message in store.pending(10)] == [b"message 2"]
    assert store.outbox_size() == 1


def test_a_look_without_news_leaves_the_outbox_alone(store: Store):
    store.save_article(article(1), NOW + 1)
    assert store.pending(1) == []
    assert store.article(f"{1:032x}") == article(1)


def test_a_failed_transaction_leaves_nothing(store: Store):
    bad = msgspec.structs.replace(found(1), fate="refused")  # a refusal without a reason
    with pytest.raises(Exception, match="CHECK"):
        store.save_article(article(1), NOW, b"message", [bad])
    assert store.article(f"{1:032x}") is None
    assert store.pending(1) == []


def test_a_claimed_job_is_due_later(store: Store):
    job = store.next_job("https://news.example", NOW)
    assert job is not None
    assert store.claim(job, NOW + 30)
    assert agenda(store) == {"https://news.example": NOW + 30}


@pytest.mark.parametrize("due", [NOW + 30, NOW + 90, None])
def test_after_an_answer_a_feed_is_due_when_that_says(store: Store, due: float | None):
    job, feed = store.next_job("https://news.example", NOW), store.feed(FEED)
    assert job is not None
    assert feed is not None
    assert store.claim(job, NOW + 30)
    store.save_feed(feed, due, claimed=NOW + 30)
    assert agenda(store) == ({"https://news.example": due} if due else {})


def test_a_job_that_changed_since_it_was_read_is_not_claimed(store: Store):
    job = store.next_job("https://news.example", NOW)
    assert job is not None
    polled(store)
    assert not store.claim(job, NOW + 30)
    assert agenda(store) == {"https://news.example": NOW + 60}
    store.adopt([SourceConfig(id="other", feeds=("https://other.example/feed",))], NOW)
    assert not store.claim(msgspec.structs.replace(job, due_at=NOW + 60), NOW + 90)


def test_a_feed_that_is_due_goes_before_a_backlog_of_pages(store: Store):
    polled(store, *map(found, range(50)))
    origin, page = "https://news.example", Job("page", found(0).key, "https://news.example", NOW)
    assert store.next_job(origin, NOW + 59) == page
    assert store.next_job(origin, NOW + 60) == Job("feed", FEED, origin, NOW + 60)
    assert store.next_job(origin, NOW + 60, feeds_first=False) == page


def test_a_removed_source_is_not_asked_and_a_returning_one_keeps_its_time(store: Store):
    polled(store, found(1))
    store.save_url(msgspec.structs.replace(found(1), fate="gone"), None)
    store.adopt([SourceConfig(id="other", feeds=("https://other.example/feed",))], NOW)
    assert agenda(store) == {"https://other.example": NOW}
    assert store.source("example") == SOURCE
    store.adopt([SOURCE], NOW)
    assert agenda(store) == {"https://news.example": NOW + 60}


def test_one_address_in_two_spellings_is_one_feed(store: Store):
    store.adopt([SOURCE, SourceConfig(id="twin", feeds=("https://NEWS.example:443/feed.xml#top",))], NOW)
    assert agenda(store) == {"https://news.example": NOW}
    feed = store.feed(FEED)
    assert feed is not None
    assert feed.source_id == "example"


def test_a_feed_that_is_gone_is_not_asked_after_a_restart(store: Store):
    feed = store.feed(FEED)
    assert feed is not None
    store.save_feed(msgspec.structs.replace(feed, outcome="gone"), None)
    store.adopt([SOURCE], NOW)
    assert agenda(store) == {}


def test_the_sitemaps_of_an_index_live_and_leave_with_it(store: Store):
    index = FeedRecord(url=FEED, source_id="example", kind="sitemap", asked_at=NOW)
    child = FeedRecord(url="https://maps.example/1.xml", source_id="example", kind="sitemap", parent=FEED)
    assert store.save_feed(index, NOW + 60, (), [child]) == ["https://maps.example/1.xml"]
    store.adopt([SOURCE], NOW)
    assert set(agenda(store)) == {"https://news.example", "https://maps.example"}
    store.adopt([SourceConfig(id="other", feeds=("https://other.example/feed",))], NOW)
    assert set(agenda(store)) == {"https://other.example"}


def test_feeds_are_told_with_their_times(store: Store):
    polled(store, found(1))
    ((feed, due_at),) = store.feeds()
    assert (feed.url, feed.source_id, due_at) == (FEED, "example", NOW + 60)
    store.save_feed(msgspec.structs.replace(feed, outcome="gone"), None)
    assert [due_at for _, due_at in store.feeds()] == [None]


def test_a_second_process_on_the_folder_is_told_who_has_it(store: Store, tmp_path: Path):
    program = "import sys, pathlib\nfrom services.fetcher.state import Store\nStore(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(tmp_path)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "already works on this data folder" in second.stderr


def test_the_lease_ends_with_its_holder(tmp_path: Path):
    Store(tmp_path).close()
    again = Store(tmp_path)
    with pytest.raises(LeaseTaken, match="WIREROOM_DATA_FOLDER"):
        Store(tmp_path)
    again.close()


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path):
    connection = connect(tmp_path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreTooNew, match="schema version 99"):
        Store(tmp_path)


def test_a_store_of_the_first_version_is_brought_up_and_keeps_its_feeds(tmp_path: Path):
    old = sqlite3.connect(tmp_path / FILE)
    old.executescript(MIGRATIONS[0].read_text(encoding="utf-8"))
    config = msgspec.json.encode(SOURCE)
    old.execute("INSERT INTO sources VALUES ('example', ?)", (config,))
    columns = "url, source_id, kind, parent, title, etag, last_modified, content_hash, wishes, interval_seconds"
    values = f"'{FEED}', 'example', 'feed', '', 'News', '\"x\"', '', 'hash', x'7b7d', 900"
    old.execute(
        f"INSERT INTO feeds ({columns}, failures, outcome, detail, asked_at, new_at, moved_to) "
        f"VALUES ({values}, 0, 'changed', '', {NOW}, {NOW}, '')"
    )
    old.execute("INSERT INTO queue VALUES ('feed', ?, 'https://news.example', ?)", (FEED, NOW + 900))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = Store(tmp_path)
    feed = store.feed(FEED)
    assert feed is not None
    assert (feed.etag, feed.asked_url, feed.strikes, feed.doubted_at) == ('"x"', FEED, 0, None)
    store.adopt([SOURCE], NOW + 1)
    assert agenda(store) == {"https://news.example": NOW + 900}
    store.close()


def test_a_store_of_the_second_version_keeps_its_queue_in_order(tmp_path: Path):
    old = sqlite3.connect(tmp_path / FILE)
    for script in MIGRATIONS[:2]:
        old.executescript(script.read_text(encoding="utf-8"))
    for n in (3, 1, 2):
        old.execute("INSERT INTO queue VALUES ('page', ?, 'https://news.example', ?)", (found(n).key, NOW))
        old.execute(
            "INSERT INTO urls VALUES (?, ?, 'example', 'feed', '', ?, 'open', '', '', 0, '')",
            (found(n).key, found(n).url, NOW),
        )
    old.execute("PRAGMA user_version = 2")
    old.commit()
    old.close()
    store = Store(tmp_path)
    assert store.next_job("https://news.example", NOW) == Job("page", found(3).key, "https://news.example", NOW)
    assert store.url(found(1).key) == found(1)
    store.close()


def test_a_migration_that_fails_halfway_leaves_the_old_version(tmp_path: Path, monkeypatch):
    script = tmp_path / "bad.sql"
    script.write_text("CREATE TABLE extra (x); CREATE TABLE feeds (x);", encoding="utf-8")
    connect(tmp_path).close()
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, script))
    with pytest.raises(sqlite3.OperationalError, match="feeds already exists"):
        connect(tmp_path)
    monkeypatch.undo()
    again = connect(tmp_path)
    assert again.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone()[0] == 0
    again.close()
