"""`python -m tests.bench.soak [MINUTES]`: all stages at full load over Kafka, and whether their memory stays flat.

A real broker and a real search server; the fetcher reads feeds that never end, so the cleaner always has work waiting
and nothing is indexed twice. Resident memory of each process is sampled every few seconds; printed is its median in the
first fifth (warm-up), the second and the last, workers apart, and how much the last differs from the second; and CPU
time an article from the end of the warm-up on, that of the servers too.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.topology import ENRICHED, RAW
from tests.bench.endless import Endless
from tests.bench.kafka import Meter, children
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


class Sample(NamedTuple):
    """Everything at one moment."""

    indexed: int
    memory: Mapping[str, float]  # resident, MiB, by process
    cpu: Mapping[str, float]  # seconds, by process


def soak(minutes: float, folder: Path) -> list[Sample]:
    """Samples of a run of so many minutes.

    Raises:
        AssertionError: a process ended.
    """
    samples: list[Sample] = []
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
        meter = Meter(walk.processes, {"Kafka": broker.pid, "OpenSearch": node.pid})
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            origin.publish(max(0, WAITING - origin.waiting - bus.lag("cleaner", RAW)))
            memory = {}
            for title, process in walk.processes.items():
                assert process.running, f"{title}: {walk.tail(title)}"
                memory[title] = resident(process.pid)
                memory[f"{title} workers"] = sum(map(resident, children(process.pid)))
            samples.append(Sample(bus.committed("indexer", ENRICHED), memory, meter.look()))
            time.sleep(SAMPLE_SECONDS)
    return samples


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=30.0)
    minutes = parser.parse_args(arguments).minutes
    with tempfile.TemporaryDirectory(prefix="wireroom-soak-") as name:
        samples = soak(minutes, Path(name))
    fifth = max(1, len(samples) // 5)
    warm, last = samples[fifth], samples[-1]
    articles = last.indexed - warm.indexed
    rate = articles / (minutes * 60 * 0.8)
    print(f"{last.indexed} articles in {minutes:g} minutes, after the warm-up {rate:.1f} a second")
    print(f"{'resident, MiB':20}{'warm-up':>10}{'then':>10}{'at the end':>12}{'change':>10}{'CPU ms/article':>16}")
    for title in last.cpu:
        row = f"{title:20}"
        if any(seen := [sample.memory.get(title, 0.0) for sample in samples]):
            parts = seen[:fifth], seen[fifth : 2 * fifth], seen[-fifth:]
            first, second, end = map(statistics.median, parts)
            row += f"{first:10.0f}{second:10.0f}{end:12.0f}{end / second - 1:10.1%}"
        print(f"{row:62}{(last.cpu[title] - warm.cpu[title]) / articles * 1000:16.1f}")


if __name__ == "__main__":
    main()
