"""Feeds are parsed together, and fail alone. The worker is the real pool's; what it does is ours here."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from services.fetcher.feed_document import Feed, FeedDocument
from services.fetcher.parse_pool import TOGETHER, TOGETHER_BYTES, lots, parse_in
from services.fetcher.repair import NotAFeed
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout


def prepare() -> Callable[[bytes], bytes]:
    """A worker whose feeds tell in their title how many were read together."""

    def work(data: bytes) -> bytes:
        documents = msgspec.msgpack.decode(data, type=list[FeedDocument])
        answers: list[Feed | str] = []
        for document in documents:
            match document.body:
                case b"crash":
                    os._exit(3)
                case b"hang":
                    time.sleep(60)
                case b"odd":
                    raise LookupError("odd")
                case b"none":
                    answers.append("an empty document")
                case _:
                    answers.append(Feed(title=f"{document.url} of {len(documents)}"))
        return msgspec.msgpack.encode(answers)

    return work


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool[bytes]]:
    made = Pool(prepare, 1, deadline_seconds=1.0)
    yield made
    made.kill()


def read(pool: Pool[bytes], *bodies: bytes) -> list[Feed | BaseException]:
    async def all_of_them() -> list[Feed | BaseException]:
        parse = parse_in(pool.submit)
        documents = [FeedDocument(str(number), body) for number, body in enumerate(bodies)]
        return await asyncio.gather(*map(parse, documents), return_exceptions=True)

    return asyncio.run(all_of_them())


def test_what_comes_together_is_read_together(pool: Pool[bytes]):
    first, second, third = read(pool, b"", b"none", b"")
    assert first == Feed(title="0 of 3")
    assert third == Feed(title="2 of 3")
    assert isinstance(second, NotAFeed)
    assert str(second) == "an empty document"


@pytest.mark.parametrize(("body", "fault"), [(b"crash", WorkerDied), (b"hang", WorkerTimeout), (b"odd", LookupError)])
def test_who_ends_the_worker_fails_alone(pool: Pool[bytes], body: bytes, fault: type[Exception]):
    first, second, third = read(pool, b"", body, b"")
    assert (first, third) == (Feed(title="0 of 1"), Feed(title="2 of 1"))
    assert isinstance(second, fault)


def test_who_gives_up_holds_up_nobody(pool: Pool[bytes]):
    async def given_up() -> Feed:
        parse = parse_in(pool.submit)
        leaving = asyncio.create_task(parse(FeedDocument("gone", b"")))
        staying = asyncio.create_task(parse(FeedDocument("there", b"")))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(given_up()) == Feed(title="there of 2")


def test_a_lot_is_bounded_in_number_and_size():
    async def cut() -> list[list[int]]:
        loop = asyncio.get_running_loop()
        sizes = [1] * (TOGETHER + 1) + [TOGETHER_BYTES - 1, 1, 2 * TOGETHER_BYTES, 1]
        waiting = [(FeedDocument("", b"x" * size), loop.create_future()) for size in sizes]
        found = lots(waiting)
        assert [one for lot in found for one in lot] == waiting
        return [[len(document.body) for document, _ in lot] for lot in found]

    big = TOGETHER_BYTES
    assert asyncio.run(cut()) == [[1] * TOGETHER, [1, big - 1], [1], [2 * big], [1]]
