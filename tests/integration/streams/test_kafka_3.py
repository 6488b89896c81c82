"""The stages on the last Kafka 3, which many still run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.topology import CLEAN, RAW
from tests.fixtures.streams import Start, fresh_prefix, missing
from tests.integration.streams.conftest import drained, out_ids
from tests.servers.java import Unobtainable
from tests.servers.kafka_broker import Broker
from tests.streams.bus import Bus, page

pytestmark = pytest.mark.integration
VERSION = "3.9.2"


@pytest.fixture(scope="module")
def kafka_3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    try:
        broker = Broker(tmp_path_factory.mktemp("kafka-3"), VERSION).start()
    except Unobtainable as why:
        missing(why)
    yield broker
    broker.stop()


@pytest.mark.parametrize("runner", ["faust", "kafka-python"])
def test_messages_pass_and_are_parked(runner: str, kafka_3: Broker, start: Start, tmp_path: Path):
    bus = Bus(kafka_3.address, fresh_prefix(), (RAW, CLEAN))
    pages = [page(number) for number in range(40)]
    bus.send(RAW, [*pages, page("bad", "reject")])

    stage = start("tests.streams.toy", {**bus.settings, "runner": runner}, (), {"TOY_FOLDER": str(tmp_path)})
    drained(bus, stage)

    assert sorted(out_ids(bus)) == sorted(key.decode() for key, _ in pages)
    assert bus.count(RAW.rejected) == 1
    assert stage.stop() == 0
    bus.close()
