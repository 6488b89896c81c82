"""What only a real server can show: blocks, months, other processes, SIGKILL, and what other people can ask it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.identity import digest
from shared.messages import EnrichedArticle, Entity, Source
from shared.searchindex import opensearch_setup
from shared.searchindex.__main__ import main
from shared.searchindex.document import Document
from shared.searchindex.index import Outcome, Unavailable, Verdict
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.searchindex.query import Query, Word
from tests.servers.java import Unobtainable
from tests.servers.opensearch_server import Node

pytestmark = pytest.mark.integration

APPLIED, STALE, RETRY, REJECT, HALT = Verdict
NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECEMBER = NOVEMBER + timedelta(days=30)


def doc(name: str, revision: int = 1, seen: datetime = NOVEMBER, **fields: object) -> Document:
    article = EnrichedArticle(
        article_id=digest(name.encode()),
        revision=revision,
        url=f"https://example.org/{name}",
        source=Source(id="harbour"),
        first_seen_at=seen,
        discovered_at=seen,
        fetched_at=seen,
        entities=(Entity(text="Oslo", type="place", id="geonames:1"),),
    )
    plain = Document(
        id=article.article_id,
        revision=revision,
        generation=1,
        url=article.url,
        title=name,
        source="harbour",
        lang="en",
        time=seen,
        first_seen_at=seen,
        indexed_month=f"{seen:%Y.%m}",
        article=article,
    )
    return msgspec.structs.replace(plain, **fields)


def verdicts(outcomes: list[Outcome]) -> list[Verdict]:
    return [outcome.verdict for outcome in outcomes]


@pytest.fixture
def settings(new_opensearch: Callable[[], OpenSearchSettings]) -> OpenSearchSettings:
    return new_opensearch()


@pytest.fixture
def index(settings: OpenSearchSettings) -> Iterator[OpenSearchIndex]:
    opened = OpenSearchIndex(settings, refresh=True)
    yield opened
    opened.close()


@pytest.fixture
def client(settings: OpenSearchSettings):
    opened = connect(settings)
    yield opened
    opened.close()


def months(client, settings: OpenSearchSettings) -> list[str]:
    return [name.rpartition("-")[2] for name in opensearch_setup.months(client, settings.opensearch_alias)]


def test_every_field_of_a_document_has_its_place_in_the_mapping(index):
    whole = doc(
        "ferry",
        text="The ferry. 北京",
        site="Herald",
        country="NO",
        authors=("Ada",),
        entities=("Oslo",),
        keyphrases=("ferry",),
        topics=("transport",),
        agency="NTB",
        day="2026-11-20",
    )
    assert all(getattr(whole, field) for field in Document.__struct_fields__ if field != "withdrawn")
    assert verdicts(index.apply([whole])) == [APPLIED]
    assert index.get(whole.id) == whole


def test_a_document_that_the_mapping_refuses_is_rejected_alone(index):
    outcomes = index.apply([doc("ferry"), doc("tram", day="some day"), doc("train")])
    assert verdicts(outcomes) == [APPLIED, REJECT, APPLIED]
    assert "some day" in outcomes[1].detail


@pytest.mark.parametrize("change", [{}, {"version": 999}])
def test_without_its_template_nothing_is_written_and_the_command_is_named(settings, client, change):
    client.indices.delete_index_template(name=settings.opensearch_alias)
    if change:
        client.indices.put_index_template(
            name=settings.opensearch_alias, body={"index_patterns": [f"{settings.opensearch_alias}-*"], **change}
        )
    index = OpenSearchIndex(settings)
    (outcome,) = index.apply([doc("ferry")])
    assert outcome.verdict is HALT
    assert "python -m shared.searchindex install" in outcome.detail
    assert not index.healthy()
    opensearch_setup.install(client, settings)
    assert verdicts(index.apply([doc("ferry")])) == [APPLIED]
    assert index.healthy()
    index.close()


def test_a_blocked_index_is_waited_for(index, client, settings):
    index.apply([doc("ferry")])
    name = f"{settings.opensearch_alias}-2026.11"
    client.indices.put_settings(index=name, body={"index.blocks.write": True})
    assert verdicts(index.apply([doc("tram")])) == [RETRY]
    client.indices.put_settings(index=name, body={"index.blocks.write": False})
    assert verdicts(index.apply([doc("tram")])) == [APPLIED]


def test_articles_live_in_the_month_in_which_they_were_first_seen(index, client, settings):
    index.apply([doc("ferry"), doc("tram", seen=DECEMBER)])
    assert months(client, settings) == ["2026.11", "2026.12"]
    assert index.count() == 2


def test_another_process_finds_the_home_of_an_article(index, client, settings):
    index.apply([doc("ferry")])
    other = OpenSearchIndex(settings, refresh=True)
    (outcome,) = other.apply([doc("ferry", 2, seen=DECEMBER)])
    other.close()
    assert (outcome.verdict, outcome.new) == (APPLIED, False)
    assert months(client, settings) == ["2026.11"]
    assert index.count() == 1


def test_what_no_search_sees_yet_has_its_home_all_the_same(settings, client):
    index = OpenSearchIndex(settings)  # nothing is refreshed here before the end
    index.apply([doc("ferry"), doc("ferry", 2, seen=DECEMBER)])
    index.apply([doc("ferry", 3, seen=DECEMBER)])
    index.close()
    again = OpenSearchIndex(settings)  # a new process, within the refresh interval
    assert verdicts(again.apply([doc("ferry", 4, seen=DECEMBER), doc("ferry", 2)])) == [APPLIED, STALE]
    again.close()
    client.indices.refresh(index=settings.opensearch_alias)
    assert client.count(index=settings.opensearch_alias)["count"] == 1


def test_an_edit_does_not_move_an_article_between_pages(settings):
    clock = iter(range(1, 100))
    index = OpenSearchIndex(settings, refresh=True, now=lambda: next(clock))
    index.apply([doc(f"ferry {n}") for n in range(4)])
    first = index.search(Query(root=Word("ferry"), size=2))
    index.apply([doc(f"ferry {n}", 2) for n in range(4)] + [doc("ferry late")])
    second = index.search(Query(root=Word("ferry"), size=2, cursor=first.cursor))
    shown = [hit.document.title for hit in first.hits + second.hits]
    assert sorted(shown) == [f"ferry {n}" for n in range(4)]
    index.close()


def test_whole_months_are_retired(index, client, settings):
    seen = [datetime(2026, month, 3, tzinfo=UTC) for month in (9, 10, 11)] + [datetime(2025, 12, 3, tzinfo=UTC)]
    index.apply([doc(f"ferry {n}", seen=when) for n, when in enumerate(seen)])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    keep = msgspec.structs.replace(settings, opensearch_keep_months=2)
    retired = opensearch_setup.retire(client, keep, now)
    assert [name.rpartition("-")[2] for name in retired] == ["2025.12", "2026.09"]
    assert months(client, settings) == ["2026.10", "2026.11"]
    assert opensearch_setup.retire(client, keep, now) == []
    keep = msgspec.structs.replace(settings, opensearch_keep_months=1)
    assert [name.rpartition("-")[2] for name in opensearch_setup.retire(client, keep, now)] == ["2026.10"]
    assert index.count() == 1


def test_an_edit_of_a_retired_article_comes_into_its_month_again(index, client, settings):
    index.apply([doc("ferry")])
    client.indices.delete(index=f"{settings.opensearch_alias}-2026.11")
    assert verdicts(OpenSearchIndex(settings, refresh=True).apply([doc("ferry", 2)])) == [APPLIED]


def test_an_index_that_was_deleted_under_a_running_process_is_made_again(index, client, settings):
    index.apply([doc("ferry")])
    client.indices.delete(index=f"{settings.opensearch_alias}-2026.11")
    assert verdicts(index.apply([doc("ferry", 2)])) == [HALT]  # told once: whoever waits and asks again goes on
    assert verdicts(index.apply([doc("ferry", 2)])) == [APPLIED]
    assert index.count() == 1


def test_an_index_that_cannot_be_read_is_not_an_empty_one(index, client, settings):
    index.apply([doc("ferry"), doc("tram", seen=DECEMBER)])
    client.indices.close(index=f"{settings.opensearch_alias}-2026.11")
    other = OpenSearchIndex(settings)
    (outcome,) = other.apply([doc("ferry", 2, seen=DECEMBER)])
    assert outcome.verdict is HALT  # its home cannot be asked for
    for question in (lambda: index.search(Query()), index.count, lambda: index.get(doc("ferry").id)):
        with pytest.raises(Unavailable):
            question()
    client.indices.open(index=f"{settings.opensearch_alias}-2026.11")
    client.cluster.health(index=settings.opensearch_alias, params={"wait_for_status": "yellow"})
    assert verdicts(other.apply([doc("ferry", 2, seen=DECEMBER)])) == [APPLIED]
    other.close()
    assert months(client, settings) == ["2026.11", "2026.12"]
    client.indices.refresh(index=settings.opensearch_alias)
    assert index.count() == 2


def test_a_month_whose_shard_is_missing_is_not_left_out_in_silence(index, client, settings):
    index.apply([doc("ferry")])
    lost = f"{settings.opensearch_alias}-2026.10"
    nowhere = {"settings": {"index.routing.allocation.require._name": "no such node"}}
    client.indices.create(index=lost, body=nowhere, params={"wait_for_active_shards": "0"})
    assert not index.healthy()
    with pytest.raises(Unavailable):
        index.search(Query())
    other = OpenSearchIndex(settings)
    assert verdicts(other.apply([doc("tram")])) == [RETRY]  # it may live in the month that is lost
    other.close()
    client.indices.delete(index=lost)
    assert index.search(Query()).total == 1


def test_large_batches_are_cut_into_requests(settings):
    small = msgspec.structs.replace(settings, opensearch_bulk_bytes=4096)
    index = OpenSearchIndex(small, refresh=True)
    assert set(verdicts(index.apply([doc(f"ferry {n}", text="word " * 300) for n in range(30)]))) == {APPLIED}
    assert index.count() == 30
    index.close()


def test_other_people_can_ask_by_language(index, client, settings):
    index.apply(
        [
            doc("one", text="Many elections were held."),
            doc("two", text="किताबों की दुकान", lang="hi"),
            doc("three", text="東京都に住む", lang="ja"),
        ]
    )

    def found(field: str, text: str) -> set[str]:
        body = {"query": {"match": {field: text}}}
        hits = client.search(index=settings.opensearch_alias, body=body)["hits"]["hits"]
        return {hit["_source"]["document"]["title"] for hit in hits}

    assert found("text.en", "election") == {"one"}
    assert found("text.hi", "किताब") == {"two"}
    assert found("text.other", "東京") == {"three"}


def test_the_command_sets_up_and_says_what_is_there(settings, monkeypatch, capsys):
    monkeypatch.setenv("WIREROOM_OPENSEARCH_URL", settings.opensearch_url)
    monkeypatch.setenv("WIREROOM_OPENSEARCH_ALIAS", settings.opensearch_alias)
    OpenSearchIndex(settings).apply([doc("ferry", seen=datetime.now(UTC))])
    for command in ("install", "status", "retire"):
        assert main([command]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "the index template is in place",
            f"{settings.opensearch_alias}-{datetime.now(UTC):%Y.%m}",
        ]
    assert main(["remove"]) == 2
    monkeypatch.setenv("WIREROOM_OPENSEARCH_URL", "http://127.0.0.1:9")
    assert main(["status"]) == 1
    assert "http://127.0.0.1:9" in capsys.readouterr().err


def test_a_server_that_is_away_is_waited_for_and_said():
    index = OpenSearchIndex(OpenSearchSettings(opensearch_url="http://127.0.0.1:9"))
    assert verdicts(index.apply([doc("ferry")])) == [RETRY]
    assert not index.healthy()
    for question in (lambda: index.search(Query()), index.count, lambda: index.get(doc("ferry").id)):
        with pytest.raises(Unavailable):
            question()
    index.close()


@pytest.mark.slow
def test_what_was_applied_survives_sigkill_of_the_node():
    try:
        node = Node().start()
    except Unobtainable as missing:
        pytest.skip(f"no OpenSearch of our own to kill: {missing}")
    try:
        settings = OpenSearchSettings(opensearch_url=node.address, opensearch_timeout_seconds=10)
        client = connect(settings)
        opensearch_setup.install(client, settings)
        index = OpenSearchIndex(settings)
        for batch in range(10):
            assert set(verdicts(index.apply([doc(f"ferry {batch} {n}") for n in range(50)]))) == {APPLIED}
        node.kill()
        assert verdicts(index.apply([doc("tram")])) == [RETRY]
        node.start()
        deadline = time.monotonic() + 60
        while verdicts(index.apply([doc("tram")])) != [APPLIED] and time.monotonic() < deadline:
            time.sleep(0.5)
        client.indices.refresh(index=settings.opensearch_alias)
        assert index.count() == 501
        index.close()
        client.close()
    finally:
        node.remove()
