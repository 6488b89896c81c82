"""Reads what the processes of the pipeline say of themselves: the metrics of each stage, the feeds of the fetcher."""

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

import msgspec
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from services.search.readings import Reading
from shared.observe.fetching import PATH, Fetching
from shared.topology import FETCHER

PREFIX = "wireroom_"  # what a process says of itself as a process stays there
TIMEOUT_SECONDS = 2.0
MAX_ANSWER_BYTES = 16 << 20  # 100,000 feeds are about that


class Away(Exception):
    """A process did not answer, or not as one of ours."""


def resolved(host: str) -> list[str]:
    """The addresses of a name, one for each replica behind it: IPv4 where there is any, or else IPv6.

    Raises:
        Away: the name has no address.
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError, UnicodeError):
            found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)
            return sorted({str(address[0]) for *_, address in found})
    raise Away(f"{host} has no address")


def get(host: str, port: int, path: str) -> bytes:
    """The body at `path`.

    Raises:
        Away: no answer, another status than 200, or more than 16 MiB.
    """
    connection = HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(MAX_ANSWER_BYTES + 1)
        if response.status != 200 or len(body) > MAX_ANSWER_BYTES:
            raise Away(f"{path}: status {response.status}, {len(body)} bytes")
        return body
    except OSError as error:
        raise Away(f"{path}: {error.strerror or error}") from None
    except HTTPException as error:
        raise Away(f"{path}: no HTTP ({error!r})") from None
    finally:
        connection.close()


class Stages:
    """The stages through the addresses where they serve their metrics, read again and again in the background.

    So a status page never waits for a process that is away. Of such a process the last reading stays, with why it does
    not answer. Whose address is no longer behind its name is gone for good, and so is what it said.

    Args:
        addresses: `stage=host:port`; a stage may have several, and a host several processes, one at each address.
        own: the metric families of this process.
        resolve: host to addresses.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        own: Callable[[], Iterable[Metric]],
        resolve: Callable[[str], list[str]] = resolved,
    ) -> None:
        self._places = [(stage, place) for stage, _, place in (one.partition("=") for one in addresses)]
        self._own, self._resolve = own, resolve
        self._read = {place: [Reading((), stage, place, "not read yet")] for stage, place in self._places}
        self._fetching = Fetching()
        self._stop = threading.Event()

    def start(self, every_seconds: float) -> None:
        """Reads each place in a thread of its own until `close`."""
        for stage, place in self._places:
            threading.Thread(target=self._follow, args=(stage, place, every_seconds), daemon=True).start()

    def close(self) -> None:
        """Stops reading; a reading that is under way ends by itself."""
        self._stop.set()

    def look(self) -> None:
        """Reads every process once."""
        for stage, place in self._places:
            self._look(stage, place)

    def readings(self) -> list[Reading]:
        """This process, and every other as last read."""
        return [Reading(list(self._own())), *(one for read in list(self._read.values()) for one in read)]

    def fetching(self) -> Fetching:
        """The fetcher's state as last read. Every fetcher tells of the whole store."""
        return self._fetching

    def _follow(self, stage: str, place: str, every_seconds: float) -> None:
        while not self._stop.is_set():
            self._look(stage, place)
            self._stop.wait(every_seconds)

    def _look(self, stage: str, place: str) -> None:
        host, _, port = place.rpartition(":")
        known = {one.address: one for one in self._read[place]}
        try:
            addresses = self._resolve(host.strip("[]"))
        except Away as away:
            self._read[place] = [one._replace(fault=str(away)) for one in known.values()]
            return
        read = []
        for address in addresses:
            named = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            reading = known.get(named, Reading((), stage, named))
            try:
                reading = Reading(_families(get(address, int(port), "/metrics")), stage, named)
                if stage == FETCHER.name:
                    self._fetching = msgspec.json.decode(get(address, int(port), PATH), type=Fetching)
            except (Away, ValueError) as fault:  # ValueError: undecodable, unparsable, or of another shape
                reading = reading._replace(fault=str(fault) or type(fault).__name__)
            read.append(reading)
        self._read[place] = read


def _families(text: bytes) -> list[Metric]:
    return [one for one in text_string_to_metric_families(text.decode()) if one.name.startswith(PREFIX)]
