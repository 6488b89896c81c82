"""Members of a consumer group that only keep their place there, as a sink does while its index is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.topology import INDEXER, RAW
from shared.transport.kafka_edge import consumer, poll, subscribe
from shared.transport.offsets import Offsets
from shared.transport.settings import TransportSettings
from tests.streams.bus import Bus
from tests.streams.process import wait_until

pytestmark = pytest.mark.integration
SOMETIMES = 0.5  # seconds between polls


@contextmanager
def keeper(bus: Bus) -> Iterator[Offsets]:
    """A member that now and then polls, and never waits for anything."""
    settings = TransportSettings(bootstrap_servers=(bus.address,), topic_prefix=bus.prefix, session_seconds=6)
    offsets, stop = Offsets(), threading.Event()

    def keep() -> None:
        reader = consumer(INDEXER, settings)
        subscribe(reader, bus.prefix + RAW.name, offsets)
        while not stop.wait(SOMETIMES):
            poll(reader, offsets, 0)
        reader.close(autocommit=False)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield offsets
    finally:
        stop.set()
        thread.join(60)


def shared_out(*members: Offsets) -> bool:
    owned = [member.owned() for member in members]
    return all(member.joined for member in members) and sorted(one for some in owned for one in some) == list(
        range(RAW.partitions)
    )


def test_members_that_only_keep_their_place_share_out_whoever_comes_and_goes(bus: Bus):
    with keeper(bus) as first:
        wait_until("the first has everything", lambda: shared_out(first))
        with keeper(bus) as second:
            wait_until("they share two ways", lambda: shared_out(first, second))
            with keeper(bus) as third:
                wait_until("they share three ways", lambda: shared_out(first, second, third))
        wait_until("the first has everything again", lambda: shared_out(first))
