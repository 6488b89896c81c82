"""The toy cleaner on both client libraries: every test here is a clause of the contract that both keep."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.topology import CLEAN, RAW
from tests.fixtures.streams import Start
from tests.streams.bus import Bus
from tests.streams.process import Process, wait_until

Toy = Callable[..., Process]


@pytest.fixture(params=["faust", "kafka-python"])
def toy(request: pytest.FixtureRequest, bus: Bus, start: Start, tmp_path: Path) -> Toy:
    """Starts the toy cleaner: `toy(workers=2, ...)` with settings; it minds the files of `tmp_path`."""

    def one(**settings: object) -> Process:
        environment = {"TOY_FOLDER": str(tmp_path)}
        return start("tests.streams.toy", {**bus.settings, "runner": request.param, **settings}, (), environment)

    return one


def drained(bus: Bus, process: Process) -> None:
    """Waits until the toy has done, and committed, everything on its topic."""

    def done() -> bool:
        assert process.running, f"the stage ended with status {process.status}: {process.log.read_text()[-2000:]}"
        return bus.lag("cleaner", RAW) == 0

    wait_until("everything on the topic is done", done)


def out_ids(bus: Bus) -> list[str]:
    """Article ids on the output topic, a partition after the other, as often as they stand there."""
    return [(record.key or b"").decode() for record in bus.read(CLEAN)]
