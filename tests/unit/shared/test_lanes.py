import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.outcomes import Done, Reason
from shared.topology import CLEAN, CLEANER, RAW
from shared.transport.breaker import Breaker
from shared.transport.envelope import Headers
from shared.transport.lanes import Lanes, Letter


class Post:
    """A stage and a broker, each as slow as the message says: `id work-turns ack-turns`, `bad ...` is parked."""

    def __init__(self, messages: int = 1000, size: int = 1 << 20) -> None:
        self.sent: list[tuple[str, bytes | None]] = []
        self.acknowledged: list[tuple[int, int]] = []
        self.delivered: set[bytes | None] = set()
        self.failures: list[BaseException] = []
        self.working = self.most = 0
        self.refuse: bytes | None = None
        breaker = Breaker(CLEANER.name, self.run, 0.001)
        self.lanes = Lanes(CLEANER, self.send, breaker, messages, size, self.failures.append)

    async def run(self, message: bytes) -> Done:
        self.working += 1
        self.most = max(self.most, self.working)
        name, turns = message.split()[:2]
        await _turns(int(turns))
        self.working -= 1
        if name.startswith(b"bad"):
            return Done(stage=CLEANER.name, outcome="rejected", reason=Reason.EMPTY)
        return Done(stage=CLEANER.name, outcome="passed", out=message, article_id=name.decode())

    async def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Awaitable[Any]:
        self.sent.append((topic, value))
        return asyncio.ensure_future(self._deliver(value))

    async def _deliver(self, value: bytes | None) -> None:
        await _turns(int((value or b"").split()[2]))
        if value == self.refuse:
            raise ConnectionError("refused")
        self.delivered.add(value)

    def letter(self, partition: int, offset: int, value: bytes) -> Letter:
        def ack() -> None:
            assert value in self.delivered, "acknowledged before the broker had the output"
            self.acknowledged.append((partition, offset))

        return Letter(partition, offset, b"key", value, [], ack, 0.0)


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


message = st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 8), st.integers(0, 8))


@given(st.lists(message, max_size=30), st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_each_partition_leaves_and_is_acknowledged_in_its_order_whatever_finishes_first(came: list[Any], room: int):
    async def walk() -> Post:
        post = Post(messages=room)
        for offset, (partition, bad, work, ack) in enumerate(came):
            value = b"%s%d %d %d" % (b"bad" if bad else b"ok", offset, work, ack)
            await post.lanes.put(post.letter(partition, offset, value))
        await post.lanes.landed()
        await post.lanes.cancel()
        return post

    post = asyncio.run(walk())

    for partition in range(3):
        mine = [(offset, bad) for offset, (where, bad, _, _) in enumerate(came) if where == partition]
        assert [offset for where, offset in post.acknowledged if where == partition] == [offset for offset, _ in mine]
        numbers = {offset for offset, _ in mine}
        left = [(topic, int((value or b"").split()[0].strip(b"okbad"))) for topic, value in post.sent]
        expected = [(RAW.rejected.name if bad else CLEAN.name, offset) for offset, bad in mine]
        assert [(topic, number) for topic, number in left if number in numbers] == expected
    assert post.most <= room
    assert not post.failures


async def test_what_is_in_flight_is_bounded_by_bytes_and_one_that_is_too_large_goes_alone():
    post = Post(size=100)
    large = b"large 5 5 " + b"x" * 200
    small = [b"small%d 5 5 " % number + b"y" * 40 for number in range(6)]
    for offset, value in enumerate([small[0], large, *small[1:]]):
        await post.lanes.put(post.letter(0, offset, value))
    await post.lanes.landed()
    await post.lanes.cancel()

    assert len(post.acknowledged) == 7
    assert post.most <= 2


async def test_a_message_that_the_broker_refuses_ends_it_and_nothing_behind_it_is_acknowledged():
    post = Post()
    post.refuse = b"ok2 0 0"
    for offset in range(6):
        await post.lanes.put(post.letter(0, offset, b"ok%d 0 0" % offset))
    await _turns(50)
    await post.lanes.cancel()

    assert [type(error) for error in post.failures] == [ConnectionError]
    assert post.acknowledged == [(0, 0), (0, 1)]


async def test_a_tombstone_is_worked_on_as_an_empty_message():
    assert Letter(0, 0, b"key", None, [], lambda: None, 0.0).message == b""


@pytest.mark.parametrize("stage", ["fetcher", "indexer"])
def test_only_a_stage_in_the_middle_has_lanes(stage: str):
    from shared.topology import PIPELINE

    one = next(one for one in PIPELINE if one.name == stage)
    post = Post.__new__(Post)
    with pytest.raises(ValueError, match="middle"):
        Lanes(one, post.send, Breaker(stage, post.run, 1), 1, 1, print)
