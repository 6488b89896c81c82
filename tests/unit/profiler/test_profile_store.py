"""The store of states: what is in it after any end of the process, what it forgets, who may open it."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import astuple, replace

from deploy import backup, stores
from services.profiler.profile import EMPTY, observe
from services.profiler.settings import ProfilerSettings
from services.profiler.store import FILE, Store, StoreError
from shared.identity import article_id
from shared.messages import Block, CleanArticle, EnrichedArticle, HostProfile, Source
from tests.fixtures.hosts import host_pages, raw_line

SETTINGS, TOPIC = ProfilerSettings(), "a.topic"
NEVER = "1970-01-01T00:00:00Z"
ROOT = Path(__file__).parents[3]


def article(host: str, number: int, seen: int = 0) -> CleanArticle:
    url = f"https://{host}/{number}"
    moment = f"2026-03-01T{seen // 60:02}:{seen % 60:02}:00Z"
    block = Block(kind="paragraph", text="The Tide Post tells what the boats bring in")
    return CleanArticle(
        article_id=article_id(url),
        revision=1,
        url=url,
        source=Source(id="s"),
        first_seen_at=json_time(moment),
        discovered_at=json_time(NEVER),
        fetched_at=json_time(NEVER),
        title=f"Story {number} of this day on the harbour",
        blocks=(block, Block(kind="paragraph", text=f"The line of article {number} and no other")),
    )


def enriched(one: CleanArticle) -> EnrichedArticle:
    """The same article, and an agency's."""
    fields = {name: getattr(one, name) for name in one.__struct_fields__}
    return EnrichedArticle(**fields, signals={"agency": 1.0})


def json_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def profiles(store: Store) -> dict[str, HostProfile | None]:
    return dict(store.due(1_000))


def test_articles_and_places_are_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)
    store.take([article("a.example", n) for n in range(4)], {3: 17, 0: 2})
    before = profiles(store)
    store.close()

    again = Store(tmp_path, SETTINGS, TOPIC)
    assert again.places() == {3: 17, 0: 2}
    assert profiles(again) == before
    assert before["a.example"].articles == 4
    assert len(before["a.example"].lines) == 1
    again.close()


def test_what_comes_again_changes_nothing_and_is_not_due(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)
    articles = [article("www.a.example", n) for n in range(4)]
    store.take(articles, {0: 4})
    store.published(store.due(9))
    assert store.due(9) == []
    store.take(articles[::-1], {0: 4})
    assert store.due(9) == []
    store.take([article("a.example", 4)], {0: 5})
    assert [host for host, _ in store.due(9)] == ["a.example"]
    store.close()


def test_a_failure_in_the_middle_leaves_neither_articles_nor_places(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)

    def broken() -> Iterator[CleanArticle]:
        yield article("a.example", 1)
        raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        store.take(broken(), {0: 9})
    with pytest.raises(AttributeError):
        store.take([article("a.example", 1), object()], {0: 9})  # type: ignore[list-item]
    assert (store.places(), store.due(9)) == ({}, [])
    store.close()


def test_the_host_without_news_for_longest_is_forgotten_and_that_is_published(tmp_path: Path) -> None:
    store = Store(tmp_path, replace(SETTINGS, profile_hosts=2), TOPIC)
    store.take([article("old.example", 1, seen=1), article("b.example", 1, seen=2)], {})
    store.published(store.due(9))
    store.take([article("c.example", 1, seen=3)], {})
    assert [(host, made is None) for host, made in store.due(9)] == [("c.example", False), ("old.example", True)]
    assert store.hosts() == 2
    store.published(store.due(9))
    assert store.due(9) == []
    store.take([article("old.example", 2, seen=4)], {})
    assert {host: made is None for host, made in store.due(9)} == {"old.example": False, "b.example": True}
    store.close()


def test_an_article_without_a_host_has_no_profile(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)
    store.take([replace(article("a.example", 1), url="urn:wireroom:file:abc")], {0: 1})
    assert (store.due(9), store.places()) == ([], {0: 1})
    store.close()


def test_the_final_address_names_the_host(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)
    store.take([replace(article("short.example", 1), final_url="https://www.tide.example/1")], {})
    assert [host for host, _ in store.due(9)] == ["tide.example"]
    store.close()


def test_one_process_at_a_time_and_none_that_is_too_old(tmp_path: Path) -> None:
    store = Store(tmp_path, SETTINGS, TOPIC)
    with pytest.raises(StoreError, match="another profiler works on this folder"):
        Store(tmp_path, SETTINGS, TOPIC)
    store._base.execute("PRAGMA user_version = 9")
    store.close()
    with pytest.raises(StoreError, match="version 9"):
        Store(tmp_path, SETTINGS, TOPIC)


KILLED = """
import os, sys
from pathlib import Path
from services.profiler.profile import EMPTY, observe
from services.profiler.settings import ProfilerSettings
from services.profiler.store import Store
from tests.unit.profiler.test_profile_store import article

store = Store(Path(sys.argv[1]), ProfilerSettings(), "a.topic")
for n in range(int(sys.argv[2]), 60):
    store.take([article("a.example", n), article("b.example", n)], {0: n + 1})
    print(n, flush=True)
"""


@pytest.mark.slow
def test_sigkill_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    steady = Store(tmp_path / "steady", SETTINGS, TOPIC)
    for n in range(60):
        steady.take([article("a.example", n), article("b.example", n)], {0: n + 1})
    for ends in (3, 20, 41, 99):
        begin = 0
        if (tmp_path / "killed").exists():
            store = Store(tmp_path / "killed", SETTINGS, TOPIC)
            begin = max(0, store.places()[0] - 2)  # what was acknowledged late comes again
            store.close()
        command = [sys.executable, "-c", KILLED, str(tmp_path / "killed"), str(begin)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": "."}) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if int(line) >= ends:
                    child.send_signal(signal.SIGKILL)
                    break
    killed = Store(tmp_path / "killed", SETTINGS, TOPIC)
    assert killed.places() == {0: 60}
    assert profiles(killed) == profiles(steady)
    steady.close()
    killed.close()


VERSION_1 = """
CREATE TABLE host (name TEXT PRIMARY KEY, state BLOB, newest INTEGER NOT NULL, due INTEGER NOT NULL);
CREATE INDEX host_due ON host (name) WHERE due = 1;
CREATE INDEX host_newest ON host (newest, name) WHERE state IS NOT NULL;
CREATE TABLE place (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
PRAGMA user_version = 1;
"""
FIELDS_1 = 9  # of an observation


def test_a_store_that_read_another_topic_keeps_its_hosts_and_reads_from_the_beginning(tmp_path: Path) -> None:
    """As after an upgrade: an offset of article.clean.v1 would pass over so many messages of article.enriched.v1."""
    articles = [article("a.example", n) for n in range(6)]
    state = EMPTY
    for one in articles:
        state = observe(state, one, SETTINGS)
    old = msgspec.msgpack.encode({"articles": [astuple(one)[:FIELDS_1] for one in state.articles]})
    with sqlite3.connect(tmp_path / FILE) as base:
        base.executescript(VERSION_1)
        base.execute("INSERT INTO host VALUES ('a.example', ?, 5, 0)", (old,))
        base.executemany("INSERT INTO place VALUES (?, 700)", [(n,) for n in range(12)])
    base.close()

    store = Store(tmp_path, SETTINGS, "article.enriched.v1")
    assert (store.places(), store.hosts(), store.due(9)) == ({}, 1, [])
    store.take([enriched(one) for one in articles[:5]], {3: 5})
    found = profiles(store)["a.example"]
    assert found is not None
    assert (found.articles, found.signals["articles"], found.signals["agency_share"]) == (6, 5, 1)
    store.close()
    again = Store(tmp_path, SETTINGS, "article.enriched.v1")
    assert again.places() == {3: 5}
    again.close()


def test_a_place_is_of_one_topic(tmp_path: Path) -> None:
    for topic, expected in ((TOPIC, {}), ("another.topic", {}), (TOPIC, {3: 17})):
        store = Store(tmp_path, SETTINGS, topic)
        assert store.places() == expected
        store.take([], {3: 17})
        store.close()


def filtered(module: list[str], data: str = "") -> str:
    result = subprocess.run([sys.executable, "-m", *module], input=data, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.slow
def test_profiles_of_files_raw_or_clean_and_the_cleaner_with_them(tmp_path: Path) -> None:
    pages = host_pages(1, 12)
    raw = tmp_path / "raw.jsonl"
    raw.write_text("".join(raw_line(page, n) + "\n" for n, page in enumerate(pages)) + '{"url": "x", "content": ""}\n')
    clean = tmp_path / "clean.jsonl"
    clean.write_text(filtered(["services.cleaner", "--jsonl"], raw.read_text()))
    known = tmp_path / "profiles.jsonl"

    filtered(["services.profiler", "build", str(raw), "-o", str(known)])
    assert filtered(["services.profiler", "build", str(clean)]) == known.read_text()

    with_profile = filtered(["services.cleaner", "--jsonl", "--profile", str(known)], raw.read_text()).splitlines()
    version = json.loads(known.read_text())["version"]
    blind, seeing = (json.loads(lines[7]) for lines in (clean.read_text().splitlines(), with_profile))
    assert (blind.get("profile_version", 0), seeing["profile_version"]) == (0, version)
    assert (blind["title"] == pages[7].title, seeing["title"]) == (False, pages[7].title)
    assert any(line in blind["text"] for line in pages[7].furniture)
    assert not any(line in seeing["text"] for line in pages[7].furniture)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("nonsense\n", "line 1: no JSON object of an article"),
        ('{"title": "no article"}\n', "line 1: no clean or enriched article"),
        (None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "given.jsonl"
    if content is not None:
        path.write_text(content)
    command = [sys.executable, "-m", "services.profiler", "build", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 1
    assert str(path) in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_file_of_profiles_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "profiles.jsonl"
    path.write_text('{"host": "a.example"}\n{"host": 3}\n')
    for module in (["services.cleaner", "--jsonl"], ["services.local", str(tmp_path)]):
        command = [sys.executable, "-m", *module, "--profile", str(path)]
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL)
        assert result.returncode == 2
        assert f"{path}, line 2: no host profile" in result.stderr
        assert "Traceback" not in result.stderr


def test_one_that_comes_back_from_a_backup_reads_from_the_beginning_and_publishes_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "one", SETTINGS, TOPIC)
    store.take([article("a.example", n) for n in range(4)], {0: 700})
    before = profiles(store)
    store.published(before.items())
    tar = io.BytesIO()
    stores.out(tmp_path / "one", tar)
    store.close()

    (tmp_path / "two").mkdir()
    stores.into(tmp_path / "two", io.BytesIO(tar.getvalue()), backup.STORES["profiler"])
    again = Store(tmp_path / "two", SETTINGS, TOPIC)
    assert again.places() == {}
    assert profiles(again) == before
    again.close()
