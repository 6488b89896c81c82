"""The enricher and host profiles on a real broker, by both client libraries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from shared.codec import decode, encode
from shared.identity import article_id
from shared.messages import EnrichedArticle, HostProfile, Source, TaggedArticle
from shared.topology import ENRICHED, ENRICHER, PROFILES, TAGGED
from tests.fixtures.streams import Start, fresh_prefix
from tests.streams.bus import Bus
from tests.streams.process import wait_until

pytestmark = pytest.mark.integration
THEN = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = HostProfile(host="tide.example", version=41, signals={"agency_share": 0.9, "articles": 60.0})
SECOND = HostProfile(host="tide.example", version=42, signals={"agency_share": 0.85, "articles": 61.0})


@pytest.fixture
def bus(kafka: str) -> Iterator[Bus]:
    """The topics of the enricher, for this test alone."""
    one = Bus(kafka, fresh_prefix(), (TAGGED, ENRICHED, PROFILES))
    yield one
    one.close()


def tagged(host: str, number: int) -> tuple[bytes, bytes]:
    url = f"https://{host}/{number}"
    article = TaggedArticle(
        article_id=article_id(url),
        revision=1,
        url=url,
        source=Source(id="tide"),
        first_seen_at=THEN,
        discovered_at=THEN,
        fetched_at=THEN,
        text=f"KIEL, Germany (AP) — Ferry {number} sailed on Monday.",
        lang="en",
    )
    return article.article_id.encode(), encode(article)


def enriched(bus: Bus) -> dict[str, EnrichedArticle]:
    articles = [decode(one.value or b"", EnrichedArticle) for one in bus.read(ENRICHED)]
    return {article.url: article for article in articles}


def published(bus: Bus, *profiles: HostProfile) -> None:
    bus.send(PROFILES, [(one.host.encode(), encode(one)) for one in profiles])


def of_host(article: EnrichedArticle) -> dict[str, float]:
    return {name: value for name, value in article.signals.items() if name.startswith("host_")}


@pytest.mark.parametrize("runner", ["faust", "kafka-python"])
def test_a_published_profile_reaches_the_signals_and_a_newer_one_takes_its_place(
    bus: Bus, start: Start, runner: str
) -> None:
    published(bus, FIRST)
    bus.send(TAGGED, [tagged(host, n) for n in range(6) for host in ("www.tide.example", "other.example")])
    stage = start("services.enricher", {**bus.settings, "runner": runner, "workers": 2})
    wait_until("all are enriched", lambda: bus.count(ENRICHED) == 12)
    for url, article in enriched(bus).items():
        known = "tide.example" in url
        expected = {"host_agency_share": 0.9, "host_articles": 60.0} if known else {}
        assert of_host(article) == expected, "profiles that stood on the topic were not read before the first article"
        assert article.versions.get("profile") == ("41" if known else None)
        assert article.signals["agency"] == 1

    published(bus, SECOND)
    numbers = count(100)

    def arrived() -> bool:
        number = next(numbers)
        bus.send(TAGGED, [tagged("tide.example", number)])
        url = f"https://tide.example/{number}"
        wait_until("it is enriched", lambda: url in enriched(bus))
        article = enriched(bus)[url]
        profile = {"41": FIRST, "42": SECOND}[article.versions["profile"]]
        assert of_host(article) == {f"host_{name}": value for name, value in profile.signals.items()}
        return profile is SECOND

    wait_until("articles are enriched with the newer profile", arrived)
    wait_until("all is committed", lambda: bus.lag(ENRICHER.name, TAGGED) == 0)
    assert stage.stop() == 0


def test_an_enricher_without_the_topic_of_profiles_says_so_and_ends(bus: Bus, start: Start) -> None:
    stage = start("services.enricher", {**bus.settings, "topic_prefix": "nobody-made-this."})
    assert stage.wait() == 1
    assert "no topic nobody-made-this.host.profile.v1" in stage.log.read_text()
