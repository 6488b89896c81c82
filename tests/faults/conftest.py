"""Fixtures that need a real server."""

from pathlib import Path

import pytest

from tests.fixtures.scripted_publisher import World
from tests.fixtures.streams import broker, bus, kafka, start

__all__ = ["broker", "bus", "kafka", "start"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
