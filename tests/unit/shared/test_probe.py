"""The health check of the images: ready, not ready, and nobody there."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.observe.health import Health, HealthServer


@pytest.fixture
def health() -> Iterator[tuple[Health, int]]:
    health = Health()
    server = HealthServer(health, "127.0.0.1", 0)
    yield health, server.port
    server.close()


def probed(url: str) -> tuple[int, str]:
    result = subprocess.run([sys.executable, "-m", "shared.observe.probe", url], capture_output=True, text=True)
    return result.returncode, result.stdout


def test_probe_says_ready_by_its_exit_status_and_why_not(health: tuple[Health, int]):
    state, port = health
    url = f"http://127.0.0.1:{port}/readyz"
    assert probed(url) == (1, "not ready: starting\n")
    state.set(True)
    assert probed(url) == (0, "ready\n")


def test_probe_fails_where_nobody_listens(health: tuple[Health, int]):
    status, said = probed("http://127.0.0.1:1/readyz")
    assert status == 1
    assert "127.0.0.1:1" in said
