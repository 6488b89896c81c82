"""Newsroom to search index over Kafka, in five processes, each killed on the way: the short form of `make faults`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.streams import fresh_prefix
from tests.servers.opensearch_fixtures import NewSettings
from tests.streams.bus import Bus
from tests.streams.killing import survive
from tests.streams.origin import Newsroom, Pages
from tests.streams.walk import MODULES, Walk

pytestmark = [pytest.mark.integration, pytest.mark.slow]
GENERATED, REAL = 100, 45  # and the newsroom's own 55: 200 articles
KILLS = 2


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    one = Newsroom(tmp_path, GENERATED, pace=4)
    yield one
    one.process.kill()


@pytest.fixture
def pages(data: Path) -> Iterator[Pages]:
    one = Pages(data, REAL)
    yield one
    one.close()


def test_200_articles_each_have_one_fate_though_every_stage_is_killed_twice(
    tmp_path: Path, kafka: str, new_opensearch: NewSettings, newsroom: Newsroom, pages: Pages
):
    bus = Bus(kafka, fresh_prefix())
    walk = Walk(tmp_path, bus, new_opensearch(), newsroom.sources + pages.sources)
    try:
        walk.start()

        wrong = survive(walk, lambda: newsroom.expected() + pages.expected, KILLS, 420)
    finally:
        walk.close()
    bus.close()

    print(walk.kills, dict(walk.crashes))
    assert not wrong
    assert len(walk.kills) == KILLS * len(MODULES)
    assert all(kill["in_flight"] for kill in walk.kills)
