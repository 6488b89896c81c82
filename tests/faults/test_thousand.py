"""1,000 articles through all processes, each killed five times with messages in flight: every URL has one fate."""

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
GENERATED, REAL = 700, 245  # and the newsroom's own 55
KILLS = 5


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    one = Newsroom(tmp_path, GENERATED, pace=1)
    yield one
    one.process.kill()


@pytest.fixture
def pages(data: Path) -> Iterator[Pages]:
    one = Pages(data, REAL)
    yield one
    one.close()


def test_1000_articles_each_have_one_fate_though_every_stage_is_killed_five_times(
    tmp_path: Path, kafka: str, new_opensearch: NewSettings, newsroom: Newsroom, pages: Pages
):
    bus = Bus(kafka, fresh_prefix())
    walk = Walk(tmp_path, bus, new_opensearch(), newsroom.sources + pages.sources)
    try:
        walk.start()

        wrong = survive(walk, lambda: newsroom.expected() + pages.expected, KILLS, 1500)
    finally:
        walk.close()
    bus.close()

    for kill in walk.kills:
        print(kill)
    assert not wrong
    assert len(walk.kills) == KILLS * len(MODULES)
    assert all(kill["in_flight"] for kill in walk.kills)
