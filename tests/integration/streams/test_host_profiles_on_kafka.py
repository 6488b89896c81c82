"""Host profiles on a real broker: what a host repeats leaves its later articles, and what it copies stands in them as
numbers, whoever is killed meanwhile."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from shared.codec import decode, encode
from shared.identity import article_id, host_of
from shared.messages import CleanArticle, EnrichedArticle, HostProfile, RawArticle
from shared.topology import CLEAN, ENRICHED, MIDDLE, PROFILER, PROFILES, RAW
from tests.fixtures.hosts import Page, host_pages
from tests.fixtures.streams import Start, fresh_prefix
from tests.streams.bus import Bus
from tests.streams.process import Process, wait_until

pytestmark = pytest.mark.integration
SECONDS = {"profile_seconds": 0.5}


@pytest.fixture
def bus(kafka: str) -> Iterator[Bus]:
    """All topics, for this test alone."""
    one = Bus(kafka, fresh_prefix())
    yield one
    one.close()


def stages(start: Start, settings: dict[str, object]) -> list[Process]:
    """Cleaner, tagger and enricher."""
    return [start(f"services.{stage.name}", settings) for stage in MIDDLE]


def raw(page: Page, number: int, suffix: str = "") -> tuple[bytes, bytes]:
    moment = f"2026-03-01T{number // 60:02}:{number % 60:02}:00Z"
    article = {
        "article_id": article_id(page.url + suffix),
        "revision": number + 1,
        "url": page.url + suffix,
        "source": {"id": "generated"},
        "first_seen_at": moment,
        "discovered_at": moment,
        "fetched_at": moment,
        "content": page.html,
    }
    made = msgspec.convert(article, RawArticle)
    return made.article_id.encode(), encode(made)


def profiles(bus: Bus) -> dict[str, HostProfile]:
    """The newest profile of each host."""
    return {(one.key or b"").decode(): decode(one.value or b"", HostProfile) for one in bus.read(PROFILES)}


def cleaned(bus: Bus) -> dict[str, CleanArticle]:
    """By address, the last one that was written."""
    articles = [decode(one.value or b"", CleanArticle) for one in bus.read(CLEAN)]
    return {article.url: article for article in articles}


def enriched(bus: Bus) -> dict[str, EnrichedArticle]:
    """By address, the last one that was written."""
    articles = [decode(one.value or b"", EnrichedArticle) for one in bus.read(ENRICHED)]
    return {article.url: article for article in articles}


def done(bus: Bus, articles: int, *processes: Process) -> None:
    """Waits until so many articles have come to the end, and the profiler has read them."""

    def all_read() -> bool:
        for process in processes:
            assert process.running, process.log.read_text()[-2000:]
        return bus.count(ENRICHED) == articles and bus.lag(PROFILER.name, ENRICHED) == 0

    wait_until(f"{articles} articles are enriched and the profiler has read them", all_read)


def published(bus: Bus, articles: int, hosts: int) -> None:
    def known() -> bool:
        found = profiles(bus)
        return len(found) == hosts and all(one.articles == articles for one in found.values())

    wait_until(f"profiles of {hosts} hosts made from {articles} articles each", known)


def pages(hosts: Sequence[int], first: int, last: int) -> list[tuple[bytes, bytes]]:
    return [raw(page, n) for host in hosts for n, page in enumerate(host_pages(host)) if first <= n < last]


def test_later_articles_lose_what_the_host_repeats_and_kills_change_no_profile(
    bus: Bus, start: Start, tmp_path: Path
) -> None:
    hosts = (1, 3)
    settings = {**bus.settings, **SECONDS, "commit_seconds": 0.5}
    store = {**settings, "data_folder": tmp_path / "profiler"}
    cleaner, tagger, enricher = middle = stages(start, settings)
    profiler = start("services.profiler", store)

    bus.send(RAW, pages(hosts, 0, 8))
    done(bus, 16, *middle, profiler)
    published(bus, 8, 2)
    profiler.kill()
    bus.send(RAW, pages(hosts, 8, 12))
    wait_until("more is there to read", lambda: bus.count(ENRICHED) == 24)
    profiler = start("services.profiler", store)
    wait_until("it is in the middle of reading", lambda: bus.lag(PROFILER.name, ENRICHED) < 8)
    profiler.kill()
    profiler = start("services.profiler", store)
    bus.send(RAW, pages(hosts, 12, 20))
    done(bus, 40, *middle, profiler)
    published(bus, 20, 2)
    assert profiler.stop() == 0

    known = profiles(bus)
    assert all(one.lines and one.brands and one.titles for one in known.values())
    assert {one.signals["articles"] for one in known.values()} == {20}
    assert known["paper1.example"].signals["agency_share"] == 0.15, "three of twenty open with (AFP)"
    undisturbed = start("services.profiler", {**settings, "data_folder": tmp_path / "another"})
    wait_until(
        "another profiler has read it all", lambda: undisturbed.metric("wireroom_host_profiles_published_total") >= 2
    )
    wait_until(
        "and counted it", lambda: undisturbed.metric('wireroom_messages_total{outcome="passed",stage="profiler"}') == 40
    )
    assert undisturbed.stop() == 0
    assert profiles(bus) == known

    twin = start("services.cleaner", settings)
    wait_until(
        "cleaners and enricher know both hosts",
        lambda: {one.metric("wireroom_host_profiles") for one in (cleaner, twin, enricher)} == {2},
    )
    wait_until("both are ready", lambda: cleaner.ready and twin.ready)
    late = [(page, n) for host in hosts for n, page in enumerate(host_pages(host)) if n >= 20]
    copies = [raw(page, n, suffix) for page, n in late for suffix in ("?print=1", "?print=2", "?print=3")]
    bus.send(RAW, [*(raw(page, n) for page, n in late), *copies])
    wait_until("everything is enriched", lambda: bus.count(ENRICHED) == 40 + len(late) + len(copies))

    articles, ends = cleaned(bus), enriched(bus)
    both = {
        process.metric('wireroom_messages_total{outcome="passed",stage="cleaner"}') > 0 for process in (cleaner, twin)
    }
    assert both == {True}, "one of the cleaners has done nothing: nothing is shown about two"
    for page, _ in late:
        article = articles[page.url]
        assert article.profile_version == known[host_of(page.url)].version
        assert article.title == page.title
        before = {line for one in host_pages(hosts[0])[:20] + host_pages(hosts[1])[:20] for line in one.furniture}
        assert not [line for line in page.furniture if line in before and line in article.text]
        assert [line for line in page.lines if line not in article.text] == []
        same = {(one.title, one.text, one.profile_version) for url, one in articles.items() if url.startswith(page.url)}
        assert len(same) == 1, "two cleaners, or one of them twice, made different texts of one page"
        profile, end = known[host_of(page.url)], ends[page.url]
        assert end.versions["profile"] == str(profile.version)
        assert end.signals.items() >= {f"host_{name}": value for name, value in profile.signals.items()}.items()
    assert tagger.running


def test_a_cleaner_without_the_topic_of_profiles_says_so_and_ends(bus: Bus, start: Start) -> None:
    stage = start("services.cleaner", {**bus.settings, "topic_prefix": "nobody-made-this."})
    assert stage.wait() == 1
    assert "no topic nobody-made-this.host.profile.v1" in stage.log.read_text()


def test_a_forgotten_host_leaves_the_cleaners_too(bus: Bus, start: Start, tmp_path: Path) -> None:
    settings = {**bus.settings, **SECONDS, "data_folder": tmp_path / "profiler", "profile_hosts": 1}
    cleaner, tagger, enricher = stages(start, bus.settings)
    profiler = start("services.profiler", settings)
    bus.send(RAW, pages((1,), 0, 4))
    wait_until("the first host is known", lambda: cleaner.metric("wireroom_host_profiles") == 1)
    done(bus, 4, cleaner, tagger, enricher, profiler)
    bus.send(RAW, pages((3,), 6, 9))
    done(bus, 7, cleaner, tagger, enricher, profiler)
    wait_until("one took the other's place", lambda: [one.value is None for one in bus.read(PROFILES)].count(True) >= 1)
    wait_until("the cleaner knows the second alone", lambda: cleaner.metric("wireroom_host_profiles") == 1)
