"""`python -m tests.bench.soak [MINUTES]`: the stages at full load over Kafka, and whether their memory stays flat.

The same real pages go round under new addresses, so nothing is indexed twice; the cleaner always has work waiting.
Resident memory of each process is sampled every few seconds; printed is its median in the first fifth (warm-up), the
second and the last, workers apart, and how much the last differs from the second.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shared.topology import INDEXER, MIDDLE, RAW
from shared.transport.jsonl import completed
from tests.bench.__main__ import pages
from tests.bench.kafka import children
from tests.servers.kafka_broker import Broker
from tests.streams.bus import Bus
from tests.streams.process import Process

SAMPLE_SECONDS = 3.0
WAITING = 100  # messages that are always there for the cleaner
ROUND = 60  # pages of each set


def endless() -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of raw articles, each under an address of its own."""
    given = [msgspec.json.decode(line) for line in pages(ROUND)]
    for number in itertools.count():
        one = given[number % len(given)]
        url = f"https://example.org/{number}"
        value = completed(msgspec.json.encode({"url": url, "content": one["content"]}))
        yield msgspec.json.decode(value)["article_id"].encode(), value


def resident(pid: int) -> float:
    """Resident memory of a process in MiB; 0 where it has just ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=30.0)
    minutes = parser.parse_args(arguments).minutes
    samples: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="wireroom-soak-") as name:
        folder = Path(name)
        broker = Broker(folder / "kafka").start()
        bus = Bus(broker.address, "soak.")
        stages = {}
        try:
            settings = {**bus.settings, "session_seconds": 15}
            settings |= {"indexer_engine": "embedded", "indexer_folder": folder / "index"}
            for stage in (*MIDDLE, INDEXER):
                stages[stage.name] = Process(f"services.{stage.name}", folder / f"{stage.name}.log", settings)
            source = endless()
            end = time.monotonic() + minutes * 60
            while time.monotonic() < end:
                bus.send(RAW, itertools.islice(source, max(0, WAITING - bus.lag("cleaner", RAW))))
                for title, process in stages.items():
                    assert process.running, f"{title}: {process.log.read_text()[-1000:]}"
                    samples[title].append(resident(process.pid))
                    if workers := children(process.pid):
                        samples[f"{title} workers"].append(sum(map(resident, workers)))
                time.sleep(SAMPLE_SECONDS)
            done = bus.committed("cleaner", RAW)
        finally:
            for process in stages.values():
                process.kill()
            bus.close()
            broker.stop()
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
