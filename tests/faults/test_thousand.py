"""1,000 articles through six processes, each killed five times with messages in flight: every URL has one fate."""

from pathlib import Path

import pytest

from tests.servers.opensearch_fixtures import NewSettings
from tests.streams.killing import Trial

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_1000_articles_each_have_one_fate_though_every_stage_is_killed_five_times(
    tmp_path: Path, kafka: str, new_opensearch: NewSettings, data: Path
):
    Trial(generated=700, pages=245, pace=1, kills=5, seconds=1500).run(tmp_path, kafka, new_opensearch(), data)
