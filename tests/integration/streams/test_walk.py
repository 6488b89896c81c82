"""Newsroom to search index over Kafka, in six processes, each killed on the way: the short form of `make faults`."""

from pathlib import Path

import pytest

from tests.servers.opensearch_fixtures import NewSettings
from tests.streams.killing import Trial

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_200_articles_each_have_one_fate_though_every_stage_is_killed_twice(
    tmp_path: Path, kafka: str, new_opensearch: NewSettings, data: Path
):
    Trial(generated=100, pages=45, pace=4, kills=2, seconds=420).run(tmp_path, kafka, new_opensearch(), data)
