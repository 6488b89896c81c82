"""How the shards of one store speak to each other: over a socket in the data folder at which a shard's holder listens.

Two things are asked of the holder: to go on with a request that was redirected to one of its hosts (only it asks them),
and to take what was found there. A socket that nobody listens at says that the shard has no holder just now.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.fetcher.clock import Clock
from services.fetcher.download import Answer, Elsewhere, Failed, Limits, onward
from services.fetcher.gates import HOP_PATIENCE, Postponed
from services.fetcher.handover import Found
from services.fetcher.shards import Shard, shard_of
from services.fetcher.state import Store
from shared.outcomes import Refusal

ANSWER_SECONDS = 180.0  # for an errand, the waits for hosts included
TAKE_SECONDS = 30.0  # for what was found to be on disk
HAND_SECONDS = 0.5  # between two looks for what was found
END_SECONDS = 2.0  # for replies under way when all is to end
AWAY_SECONDS = 30.0  # a shard without a holder has one soon


class Errand(Struct, frozen=True, tag=True):
    """A request to make; see `Manners.get`."""

    url: str
    accept: str
    headers: dict[str, str]
    limits: Limits
    delay: float | None
    obey: bool
    proxy: str
    patience: float


class Answered(Struct, frozen=True, tag=True):
    """It came to an answer."""

    answer: Answer


class Unanswered(Struct, frozen=True, tag=True):
    """It came to none; see `Failed`."""

    refusal: Refusal
    detail: str
    temporary: bool


class Later(Struct, frozen=True, tag=True):
    """The host wants to be left alone."""

    until: float


class Taken(Struct, frozen=True, tag=True):
    """What was found is on disk."""


GONE = (OSError, msgspec.DecodeError)
Question = Errand | Found
Reply = Answered | Unanswered | Later | Taken


def from_there(errand: Errand, away: Elsewhere) -> Errand:
    """What is left of a request that was redirected to another shard's host."""
    headers = onward(errand.headers) if away.hops else errand.headers
    limits = replace(errand.limits, redirects=errand.limits.redirects - len(away.hops))
    patience = HOP_PATIENCE if away.hops else errand.patience
    return replace(errand, url=away.url, headers=headers, limits=limits, patience=patience)


def socket_of(folder: Path, shard: Shard) -> str:
    """Where the holder of a shard listens; relative where that is shorter, for the system allows about 100 bytes."""
    path = folder / f"{shard.stem}.sock"
    return min(str(path), os.path.relpath(path), key=len)


class Neighbours:
    """The other shards, as one of them sees them."""

    def __init__(self, folder: Path, shard: Shard, clock: Clock) -> None:
        self._folder = folder
        self._shard = shard
        self._clock = clock

    async def get(self, errand: Errand) -> Answer:
        """Has a request made by whoever asks its host.

        Raises:
            Failed, Postponed: as the holder says; also postponed where the shard has no holder.
        """
        try:
            reply = await self._ask(shard_of(errand.url, self._shard.count), errand, ANSWER_SECONDS)
        except GONE:
            raise Postponed(self._clock.now() + AWAY_SECONDS) from None
        if isinstance(reply, Answered):
            return reply.answer
        if isinstance(reply, Unanswered):
            raise Failed(reply.refusal, reply.detail, reply.temporary)
        raise Postponed(reply.until if isinstance(reply, Later) else self._clock.now() + AWAY_SECONDS)

    async def hand(self, number: int, found: Found) -> bool:
        """Tells a shard what was found on its hosts; whether it has that now."""
        try:
            return isinstance(await self._ask(number, found, TAKE_SECONDS), Taken)
        except GONE:
            return False

    async def _ask(self, number: int, question: Question, seconds: float) -> Reply:
        """Raises `GONE`: nobody there, no reply in time, or half of one."""
        shard = Shard(number, self._shard.count)
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_unix_connection(socket_of(self._folder, shard))
            try:
                writer.write(msgspec.msgpack.encode(question))
                writer.write_eof()
                reply: Reply = msgspec.msgpack.decode(await reader.read(), type=Reply)
                return reply
            finally:
                writer.close()


@asynccontextmanager
async def listening(folder: Path, shard: Shard, reply: Callable[[Question], Awaitable[Reply]]) -> AsyncIterator[None]:
    """Answers the other shards. Only the holder of the shard's lease may.

    Raises:
        OSError: the folder does not take a socket, or its path is too long for one.
    """
    busy: set[asyncio.Task[Any] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(asyncio.current_task())
        try:
            question: Any = msgspec.msgpack.decode(await reader.read(), type=Question)
            writer.write(msgspec.msgpack.encode(await reply(question)))
            await writer.drain()
        except (*GONE, asyncio.CancelledError):
            pass  # whoever asked went away, or we do
        finally:
            busy.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_unix_server(serve, socket_of(folder, shard))
    try:
        yield
    finally:
        server.close()
        replying = [task for task in busy if task]
        if replying:
            await asyncio.wait(replying, timeout=END_SECONDS)
        for task in replying:
            task.cancel()
        await asyncio.gather(*replying, return_exceptions=True)


async def hand_over(store: Store, neighbours: Neighbours) -> None:
    """Tells the other shards what was found on their hosts, until cancelled."""

    async def tell(number: int, found: Found) -> None:
        if await neighbours.hand(number, found):
            store.handed_over(found)

    while True:
        await asyncio.gather(*(tell(number, found) for number, found in store.handed().items()))
        await asyncio.sleep(HAND_SECONDS)
