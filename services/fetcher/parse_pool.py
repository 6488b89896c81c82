"""Feed parsing in a pool of processes, as the crawl wants it: what comes together is handed over together.

Handing over wakes two processes and a thread, which costs as much as reading a small feed. Where one document of a lot
ends its worker or takes too long, each is asked for by itself, so that it alone fails.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import msgspec

from services.fetcher.feed_document import Feed, FeedDocument
from services.fetcher.means import Parse
from services.fetcher.repair import NotAFeed

TOGETHER, TOGETHER_BYTES = 16, 1 << 20  # of one lot, at most; a larger document goes by itself
GATHER_SECONDS = 0.005  # that a document waits for others
Submit = Callable[[bytes], "Future[bytes]"]
Waiting = tuple[FeedDocument, "asyncio.Future[Feed]"]


def parse_in(submit: Submit) -> Parse:
    """A `Parse` that hands documents to `submit`: the method of a pool whose workers run `prepare`."""
    waiting: list[Waiting] = []
    under_way: set[asyncio.Task[None]] = set()  # the loop itself keeps no task alive

    def hand_over() -> None:
        for lot in lots(waiting):
            task = asyncio.create_task(_ask(lot, submit))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        waiting.clear()

    async def parse(document: FeedDocument) -> Feed:
        loop = asyncio.get_running_loop()
        if not waiting:
            loop.call_later(GATHER_SECONDS, hand_over)
        told: asyncio.Future[Feed] = loop.create_future()
        waiting.append((document, told))
        return await told

    return parse


def lots(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """What is handed over together, in order."""
    found: list[list[Waiting]] = []
    size = 0
    for one in waiting:
        length = len(one[0].body)
        if not found or len(found[-1]) == TOGETHER or size + length > TOGETHER_BYTES:
            found.append([])
            size = 0
        found[-1].append(one)
        size += length
    return found


async def _ask(lot: Sequence[Waiting], submit: Submit) -> None:
    try:
        told = await asyncio.wrap_future(submit(msgspec.msgpack.encode([document for document, _ in lot])))
    except Exception as error:
        if len(lot) > 1:
            for one in lot:
                await _ask([one], submit)
        elif not lot[0][1].done():
            lot[0][1].set_exception(error)
        return
    for (_, waits), answer in zip(lot, msgspec.msgpack.decode(told, type=list[Feed | str]), strict=True):
        if waits.done():  # given up meanwhile
            continue
        if isinstance(answer, str):
            waits.set_exception(NotAFeed(answer))
        else:
            waits.set_result(answer)
