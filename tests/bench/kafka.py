"""`python -m tests.bench.kafka [PAGES] [--opensearch] [--runner NAME]`: the walk over Kafka beside `services.local`.

The same pages in the same run. Articles per second from the first message sent to the last one indexed, every process
started and warmed with one article before; CPU seconds per article by process, a stage's own process (what the hop
costs) apart from its workers (what the work costs). `services.local` runs the same pages into the same kind of
embedded index; its start-up is measured with a few pages and taken off. Broker and search server are counted apart.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shared.codec import decode
from shared.messages import RawArticle
from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.topology import INDEXER, MIDDLE, PIPELINE, RAW
from shared.transport.jsonl import completed
from tests.bench.__main__ import pages
from tests.servers.java import Unobtainable
from tests.servers.kafka_broker import Broker
from tests.servers.opensearch_server import Node
from tests.streams.bus import Bus
from tests.streams.process import ROOT, Process, wait_until

TICKS = os.sysconf("SC_CLK_TCK")
STAGES = (*MIDDLE, INDEXER)
WARM = 4  # pages after which both workers of `services.local` are up


def cpu(pid: int) -> float:
    """CPU seconds of a process so far, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def workers(pid: int) -> float:
    """CPU seconds of a process's children so far, of those that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS + sum(map(cpu, children(pid)))


def children(pid: int) -> list[int]:
    """Its living children."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


class Meter:
    """CPU seconds by process: what was used between two looks."""

    def __init__(self, stages: Mapping[str, Process], servers: Mapping[str, int]) -> None:
        self._stages, self._servers = stages, servers

    def look(self) -> dict[str, float]:
        seen = {name: cpu(pid) for name, pid in self._servers.items()}
        for name, process in self._stages.items():
            seen[name] = cpu(process.pid)
            seen[f"{name} workers"] = workers(process.pid)
        return seen


@contextmanager
def _search(folder: Path, server: bool) -> Iterator[tuple[dict[str, object], dict[str, int]]]:
    """Settings of the indexer, and the search server's process where there is one."""
    if not server:
        yield {"indexer_engine": "embedded", "indexer_folder": folder / "streams"}, {}
        return
    node = Node().start()
    try:
        index = OpenSearchSettings(opensearch_url=node.address)
        client = connect(index)
        opensearch_setup.install(client, index)
        client.close()
        yield {"opensearch_url": node.address}, {"OpenSearch": node.pid}
    finally:
        node.remove()


def streams(raw: Sequence[bytes], folder: Path, server: bool, runner: str) -> tuple[float, dict[str, float]]:
    """Seconds for all messages, and CPU seconds by process."""
    with ExitStack() as stack:
        broker = Broker(folder / "kafka").start()
        stack.callback(broker.stop)
        chosen, servers = stack.enter_context(_search(folder, server))
        bus = Bus(broker.address, "bench.")
        stack.callback(bus.close)
        settings = {**bus.settings, "session_seconds": 15, "runner": runner, **chosen}
        stages: dict[str, Process] = {}
        for stage in STAGES:
            stages[stage.name] = Process(f"services.{stage.name}", folder / f"{stage.name}.log", settings)
            stack.callback(stages[stage.name].kill)

        def through() -> bool:
            dead = [name for name, process in stages.items() if not process.running]
            assert not dead, f"{dead[0]}: {stages[dead[0]].log.read_text()[-1000:]}"
            return all(bus.lag(stage.name, stage.reads) == 0 for stage in STAGES if stage.reads)

        keyed = [(decode(message, RawArticle).article_id.encode(), message) for message in raw]
        bus.send(RAW, keyed[:1])
        wait_until("the first article is through", through, 300)
        meter = Meter(stages, {"Kafka": broker.pid, **servers})
        before, started = meter.look(), time.monotonic()
        bus.send(RAW, keyed[1:])
        wait_until("all articles are through", through, 3600)
        seconds = time.monotonic() - started
        after = meter.look()
    return seconds, {name: after[name] - before[name] for name in after}


def local(lines: Sequence[bytes], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of `services.local` over the lines, start-up included."""
    folder.mkdir()
    file = folder / "pages.jsonl"
    file.write_bytes(b"\n".join(line.replace(b'"content":', b'"html":', 1) for line in lines))
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "services.local", str(file), "--index", str(folder / "index")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env=os.environ | {"WIREROOM_WORKERS": "2"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=int, nargs="?", default=100, help="pages of each set (default 100)")
    parser.add_argument("--opensearch", action="store_true", help="index into a real server, not into a folder")
    parser.add_argument("--runner", choices=["faust", "kafka-python"], default="faust")
    options = parser.parse_args(arguments)
    lines = pages(options.pages)
    raw = [completed(line) for line in lines]
    with tempfile.TemporaryDirectory(prefix="wireroom-bench-") as name:
        folder = Path(name)
        idle_wall, idle_cpu = local(lines[:WARM], folder / "few")
        wall, used = local(lines, folder / "all")
        try:
            seconds, by_process = streams(raw, folder, options.opensearch, options.runner)
        except Unobtainable as why:
            sys.exit(f"the walk over Kafka was not measured: {why}")
    count, further = len(lines) - 1, len(lines) - WARM
    print(f"{count} pages, {options.runner}, {'OpenSearch' if options.opensearch else 'embedded index'}")
    print(f"{'':24}{'articles/s':>12}{'CPU ms/article':>16}")
    print(f"{'local, 2 workers':24}{further / (wall - idle_wall):12.1f}{(used - idle_cpu) / further * 1000:16.1f}")
    ours = sum(spent for name, spent in by_process.items() if name not in ("Kafka", "OpenSearch"))
    print(f"{'over Kafka, ours':24}{count / seconds:12.1f}{ours / count * 1000:16.1f}")
    for process, spent in by_process.items():
        print(f"  {process:34}{spent / count * 1000:16.1f}")
    hops = [by_process[stage.name] for stage in PIPELINE if stage in MIDDLE]
    print(
        f"a hop (median of the three stages' own processes): {sorted(hops)[1] / count * 1000:.1f} ms of CPU an article"
    )


if __name__ == "__main__":
    main()
