"""Reads what the processes of the pipeline say of themselves: the metrics of each stage, the feeds of the fetcher."""

import threading
from collections.abc import Callable, Iterable, Sequence
from http.client import HTTPConnection, HTTPException

import msgspec
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from shared.observe.fetching import PATH, Fetching
from shared.topology import FETCHER

PREFIX = "wireroom_"  # what a process says of itself as a process stays there
TIMEOUT_SECONDS = 2.0
MAX_ANSWER_BYTES = 16 << 20  # 100,000 feeds are about that


class Away(Exception):
    """A process did not answer, or not as one of ours."""


def get(address: str, path: str) -> bytes:
    """The body at `path` of `host:port`.

    Raises:
        Away: no answer, another status than 200, or more than 16 MiB.
    """
    host, _, port = address.rpartition(":")
    connection = HTTPConnection(host.strip("[]"), int(port), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(MAX_ANSWER_BYTES + 1)
        if response.status != 200 or len(body) > MAX_ANSWER_BYTES:
            raise Away(f"http://{address}{path}: status {response.status}, {len(body)} bytes")
        return body
    except (OSError, HTTPException) as error:
        raise Away(f"http://{address}{path}: {error}") from None
    finally:
        connection.close()


class Stages:
    """The stages through the addresses where they serve their metrics, read again and again in the background.

    So a status page never waits for a process that is away. Of such a process the last reading stays, so that its
    counters do not seem to start anew when it comes back, and `up` is 0.

    Args:
        addresses: `stage=host:port`; a stage may have several processes.
        own: the metric families of this process.
    """

    def __init__(self, addresses: Sequence[str], own: Callable[[], Iterable[Metric]]) -> None:
        self._processes = [(stage, address) for stage, _, address in (one.partition("=") for one in addresses)]
        self._own = own
        self._read: dict[str, list[Metric]] = {}
        self._up: dict[str, bool] = {}
        self._fetching = Fetching()
        self._stop = threading.Event()

    def start(self, every_seconds: float) -> None:
        """Reads each process in a thread of its own until `close`."""
        for stage, address in self._processes:
            threading.Thread(target=self._follow, args=(stage, address, every_seconds), daemon=True).start()

    def close(self) -> None:
        """Stops reading; a reading that is under way ends by itself."""
        self._stop.set()

    def look(self) -> None:
        """Reads every process once."""
        for stage, address in self._processes:
            self._look(stage, address)

    def families(self) -> Iterable[Metric]:
        """The metric families of all processes as last read, and `up`: 1 for a stage whose processes all answer."""
        yield from self._own()
        up = GaugeMetricFamily("up", "Whether the processes of a stage answer.", labels=["stage"])
        for stage in dict.fromkeys(stage for stage, _ in self._processes):
            answers = [self._up.get(address, False) for name, address in self._processes if name == stage]
            up.add_metric([stage], all(answers))
        yield up
        for read in list(self._read.values()):
            yield from read

    def fetching(self) -> Fetching:
        """The fetcher's state as last read."""
        return self._fetching

    def _follow(self, stage: str, address: str, every_seconds: float) -> None:
        while not self._stop.is_set():
            self._look(stage, address)
            self._stop.wait(every_seconds)

    def _look(self, stage: str, address: str) -> None:
        try:
            text = get(address, "/metrics").decode()
            self._read[address] = [one for one in text_string_to_metric_families(text) if one.name.startswith(PREFIX)]
            if stage == FETCHER.name:
                self._fetching = msgspec.json.decode(get(address, PATH), type=Fetching)
            self._up[address] = True
        except (Away, ValueError):  # ValueError: undecodable, unparsable, or of another shape
            self._up[address] = False
