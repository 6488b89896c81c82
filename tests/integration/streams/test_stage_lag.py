"""What a stage says of what waits for it, on both client libraries, against the broker's own count."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.topology import CLEANER, RAW
from tests.integration.streams.conftest import Toy, drained
from tests.streams.bus import Bus, page
from tests.streams.process import Process, wait_until

pytestmark = pytest.mark.integration
SERIES = f'wireroom_consumer_lag_messages{{partition="%d",stage="cleaner",topic="{RAW.name}"}}'
SECONDS = 'wireroom_consumer_lag_seconds{stage="cleaner"}'


def shown(process: Process) -> dict[int, float]:
    """What waits by partition, as far as the process shows it."""
    text = process.get("/metrics")[1]
    return {number: process.metric(SERIES % number) for number in range(RAW.partitions) if SERIES % number in text}


def test_lag_rises_while_a_stage_hangs_and_falls_to_nothing_when_it_works(bus: Bus, toy: Toy, tmp_path: Path):
    bus.send(RAW, [page("slow", "until released"), *(page(number) for number in range(40))])
    process = toy(workers=1, document_seconds=600)
    wait_until("it shows what waits", lambda: sum(shown(process).values()) == bus.lag("cleaner", RAW) > 0)
    assert set(shown(process)) == set(range(RAW.partitions))
    first = process.metric(SECONDS)
    assert first > 0
    wait_until("what waits grows older", lambda: process.metric(SECONDS) > first + 1)
    (tmp_path / "released").touch()
    drained(bus, process)
    wait_until("nothing waits", lambda: sum(shown(process).values()) == 0)
    assert set(shown(process)) == set(range(RAW.partitions))
    assert process.metric(SECONDS) == 0


def test_a_partition_that_moves_takes_its_series_along(bus: Bus, toy: Toy):
    first = toy()
    wait_until("one process shows all", lambda: len(shown(first)) == RAW.partitions)
    second = toy()
    wait_until("both show all", lambda: len(shown(first)) + len(shown(second)) == RAW.partitions and shown(second))
    assert not shown(first).keys() & shown(second).keys()


def test_the_command_counts_for_a_stage_that_is_not_there(bus: Bus, toy: Toy):
    bus.send(RAW, [page(number) for number in range(17)])
    command = [sys.executable, "-m", "shared.transport.lag", CLEANER.name]
    environment = os.environ | {f"WIREROOM_{name.upper()}": str(value) for name, value in bus.settings.items()}
    root = Path(__file__).parents[3]
    before = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root, timeout=60)
    assert (before.stdout.split(), before.stderr) == (["cleaner", RAW.name, "17", "waiting"], "")
    drained(bus, toy())
    after = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root, timeout=60)
    assert after.stdout.split() == ["cleaner", RAW.name, "0", "waiting"]
