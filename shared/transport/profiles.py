"""The host profiles as a stage's process holds them: their topic read whole at the start, then kept up with.

Profiles are held encoded; a worker is handed the one of its article's host, together with the article. Every process
reads everything and is a member of no group, so all replicas know the same.
"""

import asyncio
import threading
import time

import msgspec
import structlog
from kafka.errors import KafkaError

from shared.codec import decode
from shared.identity import host_of
from shared.messages import HostProfile
from shared.observe import metrics
from shared.observe.health import Health
from shared.topology import PROFILES
from shared.transport.settings import TransportSettings
from shared.transport.whole import NoTopic, Reader

POLL_MILLISECONDS = 500
AGAIN_SECONDS = 2.0  # after the broker was away, before the topic is read anew
LOOK_SECONDS = 0.1


class _Address(msgspec.Struct):
    url: str = ""
    final_url: str = ""


class Profiles:
    """Reads in a thread of its own until `close`. While the broker is away, what is known stays."""

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._held: dict[str, bytes] = {}
        self._caught_up = False
        self._failure: Exception | None = None
        self._ending = threading.Event()
        self._address = msgspec.json.Decoder(_Address).decode
        metrics.PROFILES.set_function(lambda: len(self._held))
        self._thread = threading.Thread(target=self._run, name="profiles", daemon=True)
        self._thread.start()

    def of(self, message: bytes) -> bytes:
        """The encoded profile for an encoded article, empty where nothing is known of its host."""
        try:
            seen = self._address(message)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return b""  # the step says what is wrong with the message
        return self._held.get(host_of(seen.final_url or seen.url), b"")

    async def whole(self, health: Health, stop: asyncio.Event) -> bool:
        """Returns when everything that stood on the topic at the start was read; False where `stop` came first.

        Raises:
            NoTopic: there is no such topic.
        """
        while not stop.is_set():
            if self._failure:
                raise self._failure
            if self._caught_up:
                return True
            health.set(False, "reading the host profiles")
            await asyncio.sleep(LOOK_SECONDS)
        return False

    def close(self) -> None:
        """Ends the thread; it may be in the middle of waiting for a broker, and is not waited for."""
        self._ending.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except NoTopic as error:
                self._failure = error
                return
            except KafkaError as error:
                structlog.get_logger().warning("host profiles cannot be read now", error=str(error))
                self._ending.wait(AGAIN_SECONDS)

    def _follow(self) -> None:
        reader = Reader(PROFILES, self._settings)
        try:
            reader.start({})
            ends = reader.ends()
            began = time.monotonic()
            while not self._ending.is_set():
                for letter in reader.poll(POLL_MILLISECONDS):
                    self._take(letter.key or b"", letter.value)
                if not self._caught_up and reader.reached(ends):
                    self._caught_up = True
                    seconds = round(time.monotonic() - began, 1)
                    structlog.get_logger().info("host profiles read", hosts=len(self._held), seconds=seconds)
        finally:
            reader.close()

    def _take(self, key: bytes, value: bytes | None) -> None:
        host = key.decode("utf-8", "replace")
        if not value:
            self._held.pop(host, None)
            return
        try:
            decode(value, HostProfile)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            structlog.get_logger().error("host profile cannot be read", key=host, error=str(error))
            return
        self._held[host] = value
