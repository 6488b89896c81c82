"""What the fetcher promised reaches the topic, in order, also when the broker refused it for a while."""

import asyncio
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from shared.observe.health import Health
from shared.topology import FETCHER, RAW
from shared.transport.outbox import carry
from shared.transport.settings import TransportSettings
from tests.streams.bus import Bus, page
from tests.streams.process import wait_until

pytestmark = pytest.mark.integration
LARGE = 300_000  # bytes that no compression makes small


class Rows:
    """An outbox in memory; `row` counts from 1, as the store's does."""

    def __init__(self, messages: Iterable[bytes]) -> None:
        self._rows = dict(enumerate(messages, 1))

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]:
        return [(row, message) for row, message in self._rows.items() if row > after][:limit]

    def acknowledge(self, row_ids: Iterable[int]) -> None:
        for row in row_ids:
            del self._rows[row]

    def outbox_size(self) -> int:
        return len(self._rows)


@contextmanager
def carried(rows: Rows, settings: TransportSettings) -> Iterator[None]:
    """The sender at work on `rows` in a thread of its own."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    sender = threading.Thread(target=lambda: loop.run_until_complete(carry(FETCHER, rows, settings, Health(), stop)))
    sender.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        sender.join(60)
        loop.close()


def limit(bus: Bus, largest: int) -> None:
    """Makes the broker refuse messages over `largest` bytes on the raw topic."""
    admin = KafkaAdminClient(bootstrap_servers=bus.address)
    try:
        topic = ConfigResource(ConfigResourceType.TOPIC, bus.prefix + RAW.name, {"max.message.bytes": str(largest)})
        admin.alter_configs([topic])
    finally:
        admin.close()


def test_a_refused_message_is_sent_again_by_a_new_producer(bus: Bus):
    limit(bus, 10_000)
    sent = [page(1), page(2, random.Random(1).randbytes(LARGE).hex()), page(3)]
    rows = Rows(value for _, value in sent if value)
    settings = TransportSettings(bootstrap_servers=(bus.address,), topic_prefix=bus.prefix)
    with carried(rows, settings):
        wait_until("what the broker takes is there", lambda: bus.count(RAW) > 0)
        assert 2 in dict(rows.pending(3)), "a refused message was forgotten"
        limit(bus, 8 << 20)
        wait_until("the outbox is empty", lambda: rows.outbox_size() == 0)
    stand = [record.key for record in bus.read(RAW)]
    assert set(stand) == {key for key, _ in sent}
    assert stand.count(sent[1][0]) == 1
