"""`python -m tests.bench.soak [MINUTES]`: all stages at full load over Kafka, and whether their memory stays flat.

A real broker and a real search server; the fetcher reads feeds that never end, so the cleaner always has work waiting
and nothing is indexed twice. Resident memory of each process is sampled every few seconds; printed is its median in the
first fifth (warm-up), the second and the last, workers apart, and how much the last differs from the second.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.topology import INDEXER, RAW
from tests.bench.endless import Endless
from tests.bench.kafka import children
from tests.servers.kafka_broker import Broker
from tests.servers.opensearch_server import Node
from tests.streams.bus import Bus
from tests.streams.walk import Walk

SAMPLE_SECONDS = 3.0
WAITING = 150  # articles published and not yet cleaned


def resident(pid: int) -> float:
    """Resident memory of a process in MiB; 0 where it has just ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def soak(minutes: float, folder: Path) -> tuple[int, dict[str, list[float]]]:
    """Articles that were indexed, and samples of resident memory in MiB by process.

    Raises:
        AssertionError: a process ended.
    """
    samples: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        broker = Broker(folder / "kafka").start()
        stack.callback(broker.stop)
        node = Node().start()
        stack.callback(node.remove)
        index = OpenSearchSettings(opensearch_url=node.address)
        client = connect(index)
        opensearch_setup.install(client, index)
        client.close()
        bus = Bus(broker.address, "soak.")
        stack.callback(bus.close)
        origin = Endless()
        stack.callback(origin.close)
        walk = Walk(folder, bus, index, origin.sources, session_seconds=15)
        stack.callback(walk.close)
        walk.start()
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            origin.publish(max(0, WAITING - origin.waiting - bus.lag("cleaner", RAW)))
            for title, process in walk.processes.items():
                assert process.running, f"{title}: {walk.tail(title)}"
                samples[title].append(resident(process.pid))
                if workers := children(process.pid):
                    samples[f"{title} workers"].append(sum(map(resident, workers)))
            time.sleep(SAMPLE_SECONDS)
        assert INDEXER.reads
        return bus.committed("indexer", INDEXER.reads), samples


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=30.0)
    minutes = parser.parse_args(arguments).minutes
    with tempfile.TemporaryDirectory(prefix="wireroom-soak-") as name:
        done, samples = soak(minutes, Path(name))
    print(f"{done} articles in {minutes:g} minutes, {done / minutes / 60:.1f} a second")
    print(f"{'resident, MiB':20}{'warm-up':>10}{'then':>10}{'at the end':>12}{'change':>10}")
    for title, seen in samples.items():
        fifth = max(1, len(seen) // 5)
        first, second, last = (
            statistics.median(part) for part in (seen[:fifth], seen[fifth : 2 * fifth], seen[-fifth:])
        )
        print(f"{title:20}{first:10.0f}{second:10.0f}{last:12.0f}{last / second - 1:10.1%}")


if __name__ == "__main__":
    main()
