"""The scripted publisher and its fetcher."""

from pathlib import Path

import pytest

from tests.fixtures.scripted_publisher import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
