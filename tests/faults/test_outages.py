"""What everything stands on goes away and comes back: nothing is lost, nothing is parked for it, nobody is needed."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.outcomes import Reason
from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.topology import CLEAN, ENRICHED, RAW
from tests.fixtures.streams import fresh_prefix, missing
from tests.servers.java import Unobtainable
from tests.servers.kafka_broker import Broker
from tests.servers.opensearch_server import Node
from tests.streams.bus import Bus
from tests.streams.killing import settled
from tests.streams.origin import Newsroom
from tests.streams.process import wait_until
from tests.streams.walk import MODULES, Walk

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    # The test's own kafka-python clients leave sockets to the garbage collector when their broker dies.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
AWAY_SECONDS = 20
TROUBLE = {Reason.CRASHED, Reason.TIMEOUT, Reason.OUT_OF_MEMORY, Reason.UNDECODABLE, Reason.UNMAPPABLE}


@pytest.fixture
def search() -> Iterator[Node]:
    """A search server for this test alone, which may be killed."""
    try:
        node = Node().start()
    except Unobtainable as why:
        missing(why)
    yield node
    node.remove()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    one = Newsroom(tmp_path, 200, pace=1)
    yield one
    one.process.kill()


@pytest.fixture
def walk(tmp_path: Path, broker: Broker, search: Node, newsroom: Newsroom) -> Iterator[Walk]:
    index = OpenSearchSettings(opensearch_url=search.address)
    client = connect(index)
    opensearch_setup.install(client, index)
    client.close()
    bus = Bus(broker.address, fresh_prefix())
    one = Walk(tmp_path, bus, index, newsroom.sources)
    one.start()
    yield one
    one.close()
    bus.close()
    gc.collect()


def closes(walk: Walk, newsroom: Newsroom) -> None:
    wrong = settled(walk, newsroom.expected, 400)
    assert not wrong
    parked = {reason for found in walk.parked().values() for _, reason in found}
    assert not parked & {str(reason) for reason in TROUBLE}
    wait_until("all are ready", lambda: all(process.ready for process in walk.processes.values()))
    print("ended by themselves and were started again:", dict(walk.crashes))


def test_the_broker_is_away(walk: Walk, newsroom: Newsroom, broker: Broker):
    wait_until("articles are under way", lambda: walk.bus.count(CLEAN) >= 10)

    broker.kill()
    away = time.monotonic()
    wait_until("nobody is ready", lambda: not any(process.ready for process in walk.processes.values()))
    assert all(process.get("/healthz")[0] == 200 for process in walk.processes.values() if process.running)
    while time.monotonic() < away + AWAY_SECONDS:
        walk.tend()
        time.sleep(0.5)
    broker.start()

    closes(walk, newsroom)


def test_search_is_away(walk: Walk, newsroom: Newsroom, search: Node):
    wait_until("articles are under way", lambda: walk.bus.count(ENRICHED) >= 10)

    search.kill()
    away = time.monotonic()
    wait_until("the indexer is not ready", lambda: not walk.processes["indexer"].ready)
    while time.monotonic() < away + AWAY_SECONDS:
        time.sleep(0.5)
    assert walk.processes["indexer"].get("/healthz")[0] == 200
    assert all(walk.processes[name].ready for name in MODULES if name != "indexer")
    search.start()

    closes(walk, newsroom)
    assert not walk.crashes


def test_a_stage_is_stopped_for_longer_than_its_session(walk: Walk, newsroom: Newsroom):
    wait_until("articles are under way", lambda: walk.bus.count(CLEAN) >= 10)
    session = float(str(walk.bus.settings["session_seconds"]))
    for name in ("cleaner", "tagger", "enricher", "indexer"):
        walk.processes[name].freeze()
    time.sleep(2.5 * session)
    assert walk.bus.lag("cleaner", RAW) > 0
    for name in ("cleaner", "tagger", "enricher", "indexer"):
        walk.processes[name].thaw()

    closes(walk, newsroom)
