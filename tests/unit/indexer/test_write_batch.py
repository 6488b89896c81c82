"""A batch as the transport hands it over, into a real index."""

from pathlib import Path

import msgspec
import pytest
from prometheus_client import REGISTRY

from services.indexer.batch import write_batch
from services.indexer.settings import IndexerSettings
from shared.searchindex.embedded import EmbeddedIndex
from tests.fixtures.press import PRESS


def never(_: float) -> None:
    pytest.fail("the index is there: nobody waits")


def test_each_article_has_its_outcome_and_the_time_of_its_batch(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path)
    older = msgspec.structs.replace(PRESS[0], revision=PRESS[0].revision - 1)
    first = write_batch(index, IndexerSettings(), PRESS, never)
    again = write_batch(index, IndexerSettings(), [older], never)
    index.close()
    assert [one.article_id for one in first] == [one.article_id for one in PRESS]
    assert {(one.stage, one.outcome, one.detail) for one in first} == {("indexer", "passed", "applied")}
    assert [(one.outcome, one.detail) for one in again] == [("passed", "stale")]
    assert len({one.seconds for one in first}) == 1
    assert first[0].seconds > 0
    assert REGISTRY.get_sample_value("wireroom_server_reachable", {"server": "search"}) == 1
