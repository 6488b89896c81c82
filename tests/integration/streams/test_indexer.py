"""The indexer on a real broker, with the embedded index: what it commits, what it parks, and when it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.codec import encode
from shared.identity import article_id
from shared.messages import EnrichedArticle, Source
from shared.searchindex.embedded import EmbeddedIndex
from shared.topology import ENRICHED
from tests.fixtures.streams import Start, fresh_prefix
from tests.streams.bus import MOMENT, Bus
from tests.streams.process import Process, wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def enriched(kafka: str) -> Iterator[Bus]:
    one = Bus(kafka, fresh_prefix(), (ENRICHED,))
    yield one
    one.close()


@pytest.fixture
def indexer(enriched: Bus, start: Start, tmp_path: Path) -> Process:
    chosen = {"indexer_engine": "embedded", "indexer_folder": tmp_path / "index"}
    return start("services.indexer", {**enriched.settings, **chosen})


def story(number: int, revision: int = 1) -> tuple[bytes, bytes]:
    url = f"https://example.org/{number}"
    article = EnrichedArticle(
        article_id=article_id(url),
        revision=revision,
        url=url,
        source=Source(id="example"),
        first_seen_at=MOMENT,
        discovered_at=MOMENT,
        fetched_at=MOMENT,
        title=f"Story {number}",
        text=f"The council met for the {revision}. time.",
    )
    return article.article_id.encode(), encode(article)


def test_articles_are_indexed_and_what_cannot_be_read_is_parked(enriched: Bus, indexer: Process, tmp_path: Path):
    good = [story(number, revision) for revision in (1, 2) for number in range(30)]
    enriched.send(ENRICHED, [*good, (b"k", b"not ours"), (b"tombstone", None)])

    wait_until("everything is done", lambda: enriched.lag("indexer", ENRICHED) == 0)
    wait_until("it is ready", lambda: indexer.ready)
    assert indexer.stop() == 0

    index = EmbeddedIndex(tmp_path / "index")
    assert index.count() == 30
    found = [index.get(key.decode()) for key, _ in good]
    assert {document.revision for document in found if document} == {2}
    index.close()
    parked = {record.key: record for record in enriched.read(ENRICHED.rejected)}
    assert {(key, record.value) for key, record in parked.items()} == {(b"k", b"not ours"), (b"tombstone", None)}
    assert {record.head["parked_reason"] for record in parked.values()} == {"undecodable"}


def test_a_topic_that_cannot_be_read_is_held_and_not_parked(enriched: Bus, indexer: Process):
    enriched.send(ENRICHED, [(b"%d" % number, b'{"version": 2}') for number in range(40)])

    wait_until("it holds everything", lambda: indexer.metric('wireroom_stage_paused{stage="indexer"}') == 1)
    wait_until("it says so", lambda: "cannot be read" in indexer.get("/readyz")[1])
    assert enriched.count(ENRICHED.rejected) == 0
    assert enriched.committed("indexer", ENRICHED) == 0
    assert indexer.stop() == 0
