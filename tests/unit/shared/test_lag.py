"""The lag command without a broker."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "says"),
    [
        (["fetcher"], {}, 2, "fetcher reads no topic"),
        ([], {"WIREROOM_METRICS_PORT": "many"}, 2, "WIREROOM_METRICS_PORT"),
        pytest.param([], {}, 3, "Kafka at 127.0.0.1:1 cannot say", marks=pytest.mark.slow),
    ],
)
def test_what_keeps_it_from_counting_is_said_in_a_moment(
    arguments: list[str], settings: dict[str, str], status: int, says: str
) -> None:
    environment = os.environ | {"WIREROOM_BOOTSTRAP_SERVERS": "127.0.0.1:1", **settings}
    command = [sys.executable, "-m", "shared.transport.lag", *arguments]
    began = time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=60)
    assert (result.returncode, result.stdout) == (status, "")
    assert says in result.stderr
    assert time.monotonic() - began < 20
