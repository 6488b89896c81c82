import asyncio

import pytest

from shared.outcomes import Done, Reason
from shared.transport import breaker
from shared.transport.breaker import FEWEST, Attempt, Breaker

GOOD = Done(stage="cleaner", outcome="passed", out=b"{}")
CRASHED = Done(stage="cleaner", outcome="rejected", reason=Reason.CRASHED)
EMPTY = Done(stage="cleaner", outcome="rejected", reason=Reason.EMPTY)


class Stage:
    """A stage whose messages pass, except those that start with `bad`, and all of them while it is broken."""

    def __init__(self) -> None:
        self.broken = False
        self.ran: list[bytes] = []
        self.waits: list[float] = []  # before probes
        self.graces = 0

    async def run(self, message: bytes) -> Done:
        self.ran.append(message)
        await asyncio.sleep(0)
        if self.broken or message.startswith(b"bad"):
            return CRASHED
        return EMPTY if message == b"empty" else GOOD

    async def sleep(self, seconds: float) -> None:
        if seconds == breaker.GRACE_SECONDS:
            self.graces += 1
            await asyncio.sleep(0.05)
        else:
            self.waits.append(seconds)
            await asyncio.sleep(0)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def guard(stage: Stage) -> Breaker:
    return Breaker("cleaner", stage.run, 1.0, stage.sleep)


async def through(guard: Breaker, *messages: bytes) -> list[Attempt]:
    """All messages side by side, as lanes do it."""

    async def one(message: bytes) -> Attempt:
        return await guard.settle(message, await guard.attempt(message))

    return list(await asyncio.wait_for(asyncio.gather(*map(one, messages)), 5))


async def test_one_bad_document_among_good_ones_is_parked_at_once(guard: Breaker, stage: Stage):
    outcomes = await through(guard, b"bad", b"1", b"2")

    assert [attempt.done.reason for attempt in outcomes] == [Reason.CRASHED, None, None]
    assert stage.ran == [b"bad", b"1", b"2"]
    assert not guard.held


async def test_a_refusal_of_content_is_no_failure_of_the_stage(guard: Breaker):
    outcomes = await through(guard, *[b"empty"] * 30)

    assert {attempt.done.reason for attempt in outcomes} == {Reason.EMPTY}
    assert not guard.held


async def test_a_failure_that_is_all_there_is_waits_its_grace_and_is_parked(guard: Breaker, stage: Stage):
    (outcome,) = await through(guard, b"bad")

    assert outcome.done.reason is Reason.CRASHED
    assert stage.graces == 1
    assert stage.waits == []


async def test_a_stage_that_is_broken_from_its_start_parks_nothing_and_recovers_by_itself(guard: Breaker, stage: Stage):
    stage.broken = True
    messages = [b"%d" % number for number in range(40)]
    everything = asyncio.ensure_future(through(guard, *messages))
    while len(stage.waits) < 10:
        await asyncio.sleep(0)
    assert guard.held
    assert not everything.done()

    stage.broken = False
    outcomes = await everything

    assert all(attempt.done is GOOD for attempt in outcomes)
    assert not guard.held


async def test_a_stage_that_breaks_later_parks_at_most_a_window(guard: Breaker, stage: Stage):
    await through(guard, *[b"%d" % number for number in range(30)])
    stage.broken = True
    parked: list[Attempt] = []

    async def later(number: int) -> None:
        (outcome,) = await through(guard, b"later %d" % number)
        if outcome.done.reason:
            parked.append(outcome)

    work = [asyncio.ensure_future(later(number)) for number in range(60)]
    while len(stage.waits) < 10:
        await asyncio.sleep(0)
    seen = len(parked)
    while len(stage.waits) < 20:
        await asyncio.sleep(0)
    stage.broken = False
    await asyncio.gather(*work)

    assert seen <= breaker.WINDOW // 2 + 1
    assert len(parked) == seen, "parked while it was held, or after it recovered"


async def test_while_held_one_message_at_a_time_is_tried_with_growing_waits(guard: Breaker, stage: Stage):
    stage.broken = True
    everything = asyncio.ensure_future(through(guard, *[b"%d" % number for number in range(40)]))
    while len(stage.waits) < 12:
        await asyncio.sleep(0)
    stage.broken = False
    await everything

    begun_before_it_was_held = len(stage.ran) - 12
    assert begun_before_it_was_held >= FEWEST
    for nth, wait in enumerate(stage.waits[:8]):
        longest = min(2.0**nth, breaker.LONGEST_WAIT_SECONDS)
        assert longest / 2 <= wait <= longest * 1.5


async def test_a_flood_of_bad_documents_is_parked_when_good_ones_follow(guard: Breaker, stage: Stage):
    flood = asyncio.ensure_future(through(guard, *[b"bad %d" % number for number in range(30)]))
    while len(stage.waits) < 3:
        await asyncio.sleep(0)

    number = 0
    while not flood.done():
        (good,) = await through(guard, b"good %d" % (number := number + 1))
        assert good.done is GOOD

    assert all(attempt.done is CRASHED for attempt in await flood)
    assert number < 30
