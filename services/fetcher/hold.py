"""Which shards this process works on: free ones up to its fair share, more when another goes, fewer when one comes.

Every process of a store holds a lock that counts it, and a lock for each shard that it works on. The system frees both
however a process ends, so what a dead one held is free at once.
"""

import asyncio
import fcntl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any, NamedTuple

import structlog

from services.fetcher.database import LeaseTaken
from services.fetcher.outboxes import Outboxes
from services.fetcher.shards import Shard
from services.fetcher.state import Store
from shared.observe import metrics
from shared.topology import FETCHER

EVERY_SECONDS = 2.0  # between two looks for shards that became free, and processes that came


class Members:
    """The processes that work on a store; more than it has shards have nothing to do and wait."""

    def __init__(self, folder: Path, shards: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._places = [(folder / f"fetcher-{place}.member").open("a") for place in range(shards)]
        self._own: IO[str] | None = None

    def share(self) -> int:
        """How many shards this process may hold, so that all are held and none holds many more than another."""
        if self._own is None:
            self._own = next((place for place in self._places if _locked(place, fcntl.LOCK_EX)), None)
        if self._own is None:
            return 0
        others = 0
        for place in self._places:
            if place is not self._own:
                if _locked(place, fcntl.LOCK_SH):
                    fcntl.flock(place, fcntl.LOCK_UN)
                else:
                    others += 1
        return -(-len(self._places) // (1 + others))

    def close(self) -> None:
        """Counts no more."""
        for place in self._places:
            place.close()


def _locked(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Holding(NamedTuple):
    store: Store
    work: asyncio.Task[None]
    stop: asyncio.Event


Work = Callable[[Store, asyncio.Event], Coroutine[Any, Any, None]]


async def hold(folder: Path, shards: int, work: Work, outboxes: Outboxes, stop: asyncio.Event) -> None:
    """Does `work` on each shard that this process holds, until `stop` is set; then it holds none.

    Args:
        folder: of the store.
        shards: parts that it is split in.
        work: fetches into a store until the event is set.
        outboxes: filled with the stores that are held.

    Raises:
        StoreTooNew: a newer program wrote a shard. And whatever ends a `work`.
    """
    members, held = Members(folder, shards), dict[int, _Holding]()
    stopping = asyncio.create_task(stop.wait())
    metrics.SHARDS.set(shards)
    try:
        while not stop.is_set():
            share = members.share()
            await asyncio.gather(*(_release(number, held, outboxes) for number in sorted(held)[share:]))
            for number in range(shards):
                if len(held) < share and number not in held and (store := _taken(folder, Shard(number, shards))):
                    ending = asyncio.Event()
                    held[number] = _Holding(store, asyncio.create_task(work(store, ending)), ending)
                    outboxes.stores[number] = store
            metrics.SHARDS_HELD.set(len(held))
            works = [holding.work for holding in held.values()]
            await asyncio.wait([stopping, *works], timeout=EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for ended in works:
                if ended.done():
                    ended.result()  # what ended it before its time is an error
    finally:
        stopping.cancel()
        await asyncio.gather(*(_release(number, held, outboxes) for number in list(held)))
        metrics.SHARDS_HELD.set(0)
        members.close()


def _taken(folder: Path, shard: Shard) -> Store | None:
    try:
        store = Store(folder, shard)
    except LeaseTaken:
        return None
    structlog.get_logger().info("shard", stage=FETCHER.name, outcome="held", detail=shard.stem)
    return store


async def _release(number: int, held: dict[int, _Holding], outboxes: Outboxes) -> None:
    store, work, stop = held[number]
    stop.set()
    await asyncio.gather(work, return_exceptions=True)  # an error of it is told by whoever looks at the works
    outboxes.stores.pop(number, None)
    store.close()
    del held[number]
    structlog.get_logger().info("shard", stage=FETCHER.name, outcome="released", detail=store.shard.stem)
