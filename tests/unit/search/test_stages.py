"""Reading the stages over HTTP, from health servers as they run, one of them away now and then."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge

from services.search.settings import SearchSettings
from services.search.stages import Away, Stages, get, resolved
from services.search.status import StageStatus, Watch
from shared.observe.fetching import PATH, FeedStatus, Fetching
from shared.observe.health import Health, HealthServer
from shared.searchindex.embedded import EmbeddedIndex
from shared.settings import SettingsError, load
from shared.topology import STAGES
from tests.fixtures.serving import get as get_page

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FETCHING = Fetching(fates={"fetched": 3}, feeds=(FeedStatus(source="a", url="https://a.example/", asked_at=NOON),))


class Process:
    """A stage with metrics of its own, served on a port of loopback that it can leave and take again."""

    def __init__(self, stage: str, fetching: object = FETCHING, port: int = 0, host: str = "127.0.0.1") -> None:
        self.stage, self._fetching, self.port, self.host = stage, fetching, port, host
        self._registry = CollectorRegistry()
        of = {"registry": self._registry}
        self._messages = Counter("wireroom_messages_total", "-", ["stage", "outcome"], **of)
        self.documents = Gauge("wireroom_index_documents", "-", **of)
        self.lag = Gauge("wireroom_consumer_lag_messages", "-", ["stage", "topic", "partition"], **of)
        self.come()

    @property
    def address(self) -> str:
        return f"{self.stage}={self.host}:{self.port}"

    def passed(self, count: int) -> None:
        self._messages.labels(self.stage, "passed").inc(count)

    def come(self) -> None:
        pages = {PATH: lambda: self._fetching}
        self.server = HealthServer(Health(), self.host, self.port, pages, self._registry)
        self.port = self.server.port

    def leave(self) -> None:
        self.server.close()


class Newsroom:
    """A fetcher, two processes of the cleaner and a tagger, watched; the clock is moved by hand."""

    def __init__(self) -> None:
        self.fetcher, self.tagger = Process("fetcher"), Process("tagger")
        self.cleaners = Process("cleaner"), Process("cleaner")
        self.processes = (self.fetcher, *self.cleaners, self.tagger)
        self.stages = Stages([one.address for one in self.processes], list)
        self._now = NOON

    def watch(self) -> Watch:
        return Watch(self.stages.readings, self.stages.fetching, lambda: self._now)

    def look(self, watch: Watch, seconds: float) -> dict[str, StageStatus]:
        self._now += timedelta(seconds=seconds)
        self.stages.look()
        return {one.stage: one for one in watch().stages}


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    opened = Newsroom()
    yield opened
    with ThreadPoolExecutor() as pool:  # each takes half a second to close
        list(pool.map(Process.leave, opened.processes))


def test_processes_of_a_stage_add_up(newsroom: Newsroom) -> None:
    newsroom.stages.look()
    watch = newsroom.watch()
    newsroom.cleaners[0].passed(30)
    newsroom.cleaners[1].passed(12)
    newsroom.cleaners[0].lag.labels("cleaner", "article.raw.v1", "0").set(5)
    newsroom.cleaners[1].lag.labels("cleaner", "article.raw.v1", "1").set(7)
    found = newsroom.look(watch, 10)
    assert (found["cleaner"].passed, found["cleaner"].per_second, found["cleaner"].lag_messages) == (42, 4.2, 12)
    assert (found["tagger"].passed, found["tagger"].lag_messages) == (0, None)
    assert not any(one.away for one in found.values())


def test_a_gauge_of_one_process_is_not_hidden_by_the_zeros_of_the_others(newsroom: Newsroom) -> None:
    newsroom.cleaners[0].documents.set(1234)
    newsroom.stages.look()
    assert newsroom.watch()().documents == 1234


def test_a_stage_that_is_away_is_named_and_keeps_its_last_numbers(newsroom: Newsroom) -> None:
    newsroom.tagger.passed(100)
    newsroom.stages.look()
    watch = newsroom.watch()
    newsroom.tagger.leave()
    found = newsroom.look(watch, 10)
    assert (found["tagger"].away, found["tagger"].passed, found["tagger"].per_second) == (True, 100, 0.0)
    assert not found["cleaner"].away
    newsroom.tagger.come()
    newsroom.tagger.passed(50)
    found = newsroom.look(watch, 10)
    assert (found["tagger"].away, found["tagger"].passed, found["tagger"].per_second) == (False, 150, 2.5)


def test_one_process_of_two_that_is_away_is_told(newsroom: Newsroom) -> None:
    newsroom.stages.look()
    watch = newsroom.watch()
    newsroom.cleaners[1].leave()
    found = newsroom.look(watch, 10)["cleaner"]
    assert found.away
    assert [bool(one.fault) for one in found.processes] == [False, True]


def test_a_stage_that_comes_late_shows_no_rate_from_before_it_was_known(newsroom: Newsroom) -> None:
    newsroom.tagger.leave()
    newsroom.tagger.passed(1_000_000)
    newsroom.stages.look()
    watch = newsroom.watch()
    newsroom.tagger.come()
    assert newsroom.look(watch, 60)["tagger"].per_second == 0.0
    newsroom.tagger.passed(35)
    assert newsroom.look(watch, 10)["tagger"].per_second == 35 / 70


def test_the_fetchers_state_is_passed_on_and_stays_while_it_is_away(newsroom: Newsroom) -> None:
    assert newsroom.stages.fetching() == Fetching()
    newsroom.stages.look()
    newsroom.fetcher.leave()
    newsroom.stages.look()
    assert newsroom.stages.fetching() == FETCHING


@pytest.mark.parametrize("fetching", [{"fates": "many"}, [1, 2], object()], ids=["shape", "list", "fault"])
def test_a_fetcher_that_answers_nonsense_is_away(fetching: object) -> None:
    fetcher = Process("fetcher", fetching)
    stages = Stages([fetcher.address], list)
    stages.look()
    assert Watch(stages.readings, stages.fetching, lambda: NOON)().stages[0].away
    fetcher.leave()


def test_whoever_is_no_stage_at_all_is_away(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        stages = Stages([f"tagger=127.0.0.1:{deaf.getsockname()[1]}", "cleaner=name.invalid:9100"], list)
        began = time.monotonic()
        stages.look()
        assert time.monotonic() - began < 10
    found = {one.stage: one.away for one in Watch(stages.readings, stages.fetching, lambda: NOON)().stages}
    assert found["tagger"]
    assert found["cleaner"]
    assert not found["enricher"], "nobody asks it: nothing is known"


def test_every_replica_behind_a_name_counts_and_one_that_is_gone_for_good_no_more() -> None:
    hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    first = Process("enricher", host=hosts[0])
    replicas = [first, *(Process("enricher", port=first.port, host=host) for host in hosts[1:])]
    for replica, count, waiting in zip(replicas, (30, 12, 0), (5, 7, 0), strict=True):
        replica.passed(count)
        replica.lag.labels("enricher", "article.tagged.v1", replica.host).set(waiting)
    known, now = [*hosts], NOON
    stages = Stages([f"enricher=enricher:{first.port}"], list, lambda _: known)
    stages.look()
    watch = Watch(stages.readings, stages.fetching, lambda: now)

    def shown() -> StageStatus:
        stages.look()
        return watch().stages[3]

    assert (shown().passed, shown().lag_messages, shown().away) == (42, 12, False)
    assert [one.address for one in shown().processes] == [f"{host}:{first.port}" for host in hosts]
    assert [one.passed for one in shown().processes] == [30, 12, 0]
    now += timedelta(seconds=10)
    replicas[0].passed(10)
    replicas[2].passed(20)
    assert shown().per_second == 3.0
    replicas[1].leave()
    found = shown()
    assert (found.passed, found.away, found.per_second) == (72, True, 3.0)
    assert [bool(one.fault) for one in found.processes] == [False, True, False]
    assert "refused" in found.processes[1].fault
    known.remove(hosts[1])
    found = shown()
    assert (found.passed, found.away, found.per_second, len(found.processes)) == (60, False, 3.0, 2)
    known.clear()
    known += hosts
    replicas[1].come()
    assert (shown().passed, shown().per_second) == (72, 3.0)
    for replica in replicas:
        replica.leave()


def test_a_name_that_is_gone_leaves_the_last_numbers_and_says_so() -> None:
    one = Process("enricher")
    one.passed(30)
    names = {"enricher": ["127.0.0.1"]}

    def resolve(host: str) -> list[str]:
        if host not in names:
            raise Away(f"{host} has no address")
        return names[host]

    stages = Stages([f"enricher=enricher:{one.port}"], list, resolve)
    watch = Watch(stages.readings, stages.fetching, lambda: NOON)
    before = watch().stages[3]
    assert (before.away, before.processes[0].fault) == (True, "not read yet")
    stages.look()
    assert not watch().stages[3].away
    names.clear()
    stages.look()
    found = watch().stages[3]
    assert (found.away, found.passed, found.processes[0].fault) == (True, 30, "enricher has no address")
    one.leave()


def test_a_name_of_this_machine_is_one_process() -> None:
    assert resolved("localhost") == ["127.0.0.1"]
    assert resolved("::1") == ["::1"]
    with pytest.raises(Away):
        resolved("name.invalid")


def test_a_missing_page_is_away(newsroom: Newsroom) -> None:
    with pytest.raises(Away, match="status 404"):
        get("127.0.0.1", newsroom.tagger.port, "/nothing")


def test_reading_goes_on_in_the_background_until_it_is_closed(newsroom: Newsroom) -> None:
    newsroom.stages.start(0.01)
    newsroom.tagger.passed(3)
    watch = newsroom.watch()
    deadline = time.monotonic() + 10
    while watch().stages[2].passed != 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    newsroom.stages.close()
    assert watch().stages[2].passed == 3


@pytest.mark.slow
def test_the_service_shows_what_the_stages_say(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.tagger.passed(3)
    EmbeddedIndex(tmp_path).close()
    addresses = ",".join([*(one.address for one in newsroom.processes), "enricher=name.invalid:9100"])
    settings = {"WIREROOM_STAGE_ADDRESSES": addresses, "WIREROOM_PORT": "0", "WIREROOM_STAGE_SECONDS": "0.1"}
    command = [sys.executable, "-m", "services.search", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            base = process.stderr.readline().strip()
            deadline = time.monotonic() + 30
            while (status := get_page(f"{base}/api/status").json)["stages"][2]["passed"] != 3:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            page = get_page(f"{base}/status").text
        finally:
            process.terminate()
    away = {one["stage"]: one["away"] for one in status["stages"]}
    assert away == {"fetcher": False, "cleaner": False, "tagger": False, "enricher": True, "indexer": False}
    assert status["fetching"]["fates"] == {"fetched": 3}
    assert page.count('<span class="flag">away</span>') == 1
    assert "name.invalid has no address" in page
    for cleaner in newsroom.cleaners:
        assert page.count(f"<bdi>127.0.0.1:{cleaner.port}</bdi>") == 1
    assert "https://a.example/" in page


def test_addresses_are_the_stages_names_unless_told_otherwise() -> None:
    assert load(SearchSettings, {}).stage_addresses == tuple(f"{one.name}={one.name}:9100" for one in STAGES)
    given = load(SearchSettings, {"WIREROOM_STAGE_ADDRESSES": "cleaner=[::1]:9101, cleaner=10.0.0.1:9100"})
    assert given.stage_addresses == ("cleaner=[::1]:9101", "cleaner=10.0.0.1:9100")


@pytest.mark.parametrize("given", ["cleaner", "cleaner:9100", "sweeper=host:1", "cleaner=host", "cleaner=a b:1"])
def test_an_address_that_cannot_be_used_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="WIREROOM_STAGE_ADDRESSES"):
        load(SearchSettings, {"WIREROOM_STAGE_ADDRESSES": given})
