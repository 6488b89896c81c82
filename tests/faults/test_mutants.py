"""The account must close for the real services and must not for three that are wrong: or it proves nothing."""

import os
import signal
import time
from pathlib import Path

import pytest

from shared.topology import CLEAN, PIPELINE, RAW
from tests.fixtures.streams import fresh_prefix
from tests.servers.kafka_broker import Broker
from tests.servers.opensearch_fixtures import NewSettings
from tests.streams.bus import Bus
from tests.streams.origin import Pages
from tests.streams.process import wait_until
from tests.streams.walk import MODULES, Walk

pytestmark = [pytest.mark.integration, pytest.mark.slow]
PAGES = 80
WRONG = {"commit_before_processing": "cleaner", "random_ids": "indexer", "seen_before_acknowledged": "fetcher"}


@pytest.mark.parametrize("fault", ["none", *WRONG])
def test_the_account_closes_only_without_a_fault(
    fault: str, tmp_path: Path, data: Path, broker: Broker, new_opensearch: NewSettings
):
    bus, pages = Bus(broker.address, fresh_prefix()), Pages(data, PAGES)
    stage = WRONG.get(fault)
    commands = {stage: ["tests.streams.mutants", fault, *MODULES[stage]]} if stage else {}
    walk = Walk(tmp_path, bus, new_opensearch(), pages.sources, commands)
    try:
        _fetch_and_die_before_the_broker_has_it(walk, broker)
        _clean_and_die_with_messages_in_flight(walk)
        wait_until("nothing is under way any more", lambda: _quiet(walk), 300)
        wrong = walk.wrong(pages.expected)
    finally:
        walk.close()
        pages.close()
        bus.close()

    print(fault, len(wrong), wrong[:3])
    assert bool(wrong) == (fault != "none"), wrong[:5]


def _fetch_and_die_before_the_broker_has_it(walk: Walk, broker: Broker) -> None:
    walk.start("fetcher")
    wait_until("the fetcher sends", lambda: walk.bus.count(RAW) >= 5)
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        time.sleep(3)  # articles are fetched and handed to the producer; the broker is silent
        walk.processes["fetcher"].kill()
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    walk.start("fetcher")


def _clean_and_die_with_messages_in_flight(walk: Walk) -> None:
    walk.start("cleaner", "tagger", "enricher", "indexer")
    wait_until("the cleaner is at work", lambda: walk.bus.count(CLEAN) >= 10)
    assert walk.kill("cleaner"), "it had finished with everything: take more pages"


def _quiet(walk: Walk) -> bool:
    walk.tend()
    waiting = sum(walk.bus.lag(stage.name, stage.reads) for stage in PIPELINE if stage.reads)
    fates = walk.processes["fetcher"].get("/sources")[1]
    return waiting == 0 and '"outbox":0' in fates and '"open"' not in fates and '"fates":{}' not in fates
