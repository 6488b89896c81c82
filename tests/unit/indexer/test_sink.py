"""The sink: what it offers, how long it waits, what it counts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from services.indexer.settings import IndexerSettings
from services.indexer.sink import Halted, write
from shared.identity import digest
from shared.messages import EnrichedArticle, Provenance, Source
from shared.searchindex.document import Document
from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.index import Outcome, Verdict

SEEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
APPLIED, STALE, RETRY, REJECT, HALT = Verdict


class Scripted(EmbeddedIndex):
    """A real index that first gives the answers it was told to, by article name and revision."""

    def __init__(self, folder: Path, trouble: dict[tuple[str, int], list[Verdict]]) -> None:
        super().__init__(folder)
        self.trouble = {(digest(name.encode()), revision): answers for (name, revision), answers in trouble.items()}
        self.offers: list[list[int]] = []

    def apply(self, batch: Sequence[Document]) -> list[Outcome]:
        self.offers.append([one.revision for one in batch])
        scripted = [self.trouble.get((one.id, one.revision)) for one in batch]
        applied = iter(super().apply([one for one, answers in zip(batch, scripted, strict=True) if not answers]))
        return [Outcome(answers.pop(0), "as told") if answers else next(applied) for answers in scripted]


@pytest.fixture
def indexes(tmp_path: Path) -> Iterator[Callable[..., Scripted]]:
    made: list[Scripted] = []

    def index(trouble: dict[tuple[str, int], list[Verdict]] | None = None) -> Scripted:
        made.append(Scripted(tmp_path / str(len(made)), trouble or {}))
        return made[-1]

    yield index
    for one in made:
        one.close()


def article(name: str, revision: int = 1, **fields: object) -> EnrichedArticle:
    plain = EnrichedArticle(
        article_id=digest(name.encode()),
        revision=revision,
        url=f"https://example.org/{name}",
        source=Source(id="harbour", channel="feed"),
        first_seen_at=SEEN,
        discovered_at=SEEN,
        fetched_at=SEEN,
        title=name,
    )
    return msgspec.structs.replace(plain, **fields)


def verdicts(outcomes: Sequence[Outcome]) -> list[Verdict]:
    return [outcome.verdict for outcome in outcomes]


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"nothing to wait for, and it waits {seconds} s")


def test_of_one_article_only_the_newest_revision_is_offered(indexes):
    index = indexes()
    batch = [article("ferry", 2), article("tram"), article("ferry", 3), article("ferry", 3), article("ferry", 1)]
    assert verdicts(write(index, batch, sleep=no_sleep)) == [STALE, APPLIED, APPLIED, APPLIED, STALE]
    assert index.offers == [[3, 1]]


def test_an_older_revision_takes_the_place_of_a_rejected_one(indexes):
    index = indexes({("ferry", 3): [REJECT]})
    batch = [article("ferry", 1), article("ferry", 3), article("ferry", 2)]
    assert verdicts(write(index, batch, sleep=no_sleep)) == [STALE, REJECT, APPLIED]
    held = index.get(article("ferry").article_id)
    assert held is not None
    assert held.revision == 2


def test_nothing_is_nothing(indexes):
    index = indexes()
    assert write(index, [], sleep=no_sleep) == []
    assert index.offers == []


def test_what_the_index_cannot_take_now_is_offered_again_alone_with_growing_waits(indexes):
    index = indexes({("ferry", 1): [RETRY] * 4})
    waits: list[float] = []
    settings = IndexerSettings(indexer_retry_first_seconds=1, indexer_retry_longest_seconds=4)
    outcomes = write(index, [article("ferry"), article("tram")], settings, sleep=waits.append, jitter=lambda: 0)
    assert verdicts(outcomes) == [APPLIED, APPLIED]
    assert waits == [1, 2, 4, 4]
    assert [len(offer) for offer in index.offers] == [2, 1, 1, 1, 1]


def test_jitter_takes_up_to_half_of_a_wait_away(indexes):
    index = indexes({("ferry", 1): [RETRY] * 3})
    waits: list[float] = []
    shares = iter([0.0, 0.5, 1.0])
    settings = IndexerSettings(indexer_retry_first_seconds=1)
    write(index, [article("ferry")], settings, sleep=waits.append, jitter=lambda: next(shares))
    assert waits == [1, 1.5, 2]


def test_whoever_sleeps_can_end_the_wait(indexes):
    class Stop(Exception):
        pass

    def stop(_: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        write(indexes({("ferry", 1): [RETRY]}), [article("ferry")], sleep=stop)


def test_a_halt_stops_the_sink(indexes):
    with pytest.raises(Halted, match="as told"):
        write(indexes({("ferry", 1): [HALT]}), [article("ferry")], sleep=no_sleep)


def test_every_answer_is_counted(indexes):
    names = [RETRY, APPLIED, REJECT, STALE]
    before = {name: count("wireroom_index_items_total", verdict=name) for name in names}
    batches = count("wireroom_index_batch_duration_seconds_count")
    index = indexes({("ferry", 1): [RETRY], ("tram", 1): [REJECT]})
    write(index, [article("ferry"), article("tram")], sleep=lambda _: None)
    index.apply([])
    write(index, [article("ferry", 0)])
    after = {name: count("wireroom_index_items_total", verdict=name) - before[name] for name in names}
    assert after == {RETRY: 1, APPLIED: 1, REJECT: 1, STALE: 1}
    assert count("wireroom_index_batch_duration_seconds_count") - batches == 3


STATED = {"published_at": Provenance(source="json-ld", precision="second")}
GUESSED = {"published_at": Provenance(source="text", status="inferred", precision="second")}
DAY_ONLY = {"published_at": Provenance(source="meta", precision="day")}


@pytest.mark.parametrize(
    ("fields", "fetch", "publish"),
    [
        ({"published_at": "2026-11-20T11:59:00Z", "provenance": STATED}, 5, 65),
        ({"published_at": "2026-11-20T12:01:00Z", "provenance": STATED}, 5, 0),  # a publisher's clock ahead of ours
        ({"published_at": "2026-11-18T11:59:00Z", "provenance": STATED}, 5, None),  # there before we looked
        ({"published_at": "2026-11-20T11:59:00Z", "provenance": GUESSED}, 5, None),
        ({"published_at": "2026-11-20", "provenance": DAY_ONLY}, 5, None),
        ({}, 5, None),
        ({"state": "withdrawn"}, None, None),
        ({"source": Source(id="archive", channel="warc")}, None, None),
    ],
)
def test_delays_are_measured_where_they_are_ours_and_known(indexes, fields, fetch, publish):
    def sums() -> list[float]:
        names = ("wireroom_fetch_to_index_seconds", "wireroom_publish_to_index_seconds")
        return [count(f"{name}_{kind}") for name in names for kind in ("count", "sum")]

    before = sums()
    write(indexes(), [article("ferry", **fields)], now=lambda: SEEN + timedelta(seconds=5))
    counted = [after - once for after, once in zip(sums(), before, strict=True)]
    assert counted == pytest.approx([int(fetch is not None), fetch or 0, int(publish is not None), publish or 0])


def test_a_garbled_article_is_counted_when_it_is_indexed(indexes):
    before = count("wireroom_garbled_articles_total")
    garbled = [article(name, quality={"mojibake": float(n)}) for n, name in enumerate(("good", "slip", "hm", "bad"))]
    write(indexes(), garbled)
    assert count("wireroom_garbled_articles_total") == before + 1


def test_an_edit_says_nothing_about_how_fast_an_article_was_found(indexes):
    index = indexes()
    facts = {"published_at": "2026-11-20T11:59:00Z", "provenance": STATED}
    write(index, [article("ferry", **facts)])
    before = count("wireroom_publish_to_index_seconds_count")
    write(index, [article("ferry", 2, **facts)])
    assert count("wireroom_publish_to_index_seconds_count") == before


@pytest.mark.slow
@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), max_size=5), max_size=4))
def test_however_messages_are_cut_into_batches_the_index_ends_the_same(indexes, batches):
    index = indexes({(name, 4): [REJECT] * 30 for name in "ab"})
    for batch in batches:
        write(index, [article(name, revision) for name, revision in batch], sleep=no_sleep)
    for name in "ab":
        good = [revision for batch in batches for other, revision in batch if other == name and revision != 4]
        held = index.get(digest(name.encode()))
        assert (held.revision if held else 0) == max(good, default=0)
