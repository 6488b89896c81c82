"""The gauge of documents follows the index, and outlasts one that cannot answer."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from prometheus_client import REGISTRY

from services.indexer.gauge import count_documents
from shared.searchindex.index import Unavailable


class Counts:
    """An index that can only count: what it answers in turn, then it says that this was all."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers: Iterator[int | Exception] = iter(answers)
        self.seen: list[float | None] = []
        self.all_given = asyncio.Event()

    def count(self) -> int:
        self.seen.append(REGISTRY.get_sample_value("wireroom_index_documents"))
        answer = next(self._answers, None)
        if answer is None:
            self.all_given.set()
            raise Unavailable("no more answers")
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_the_gauge_follows_the_index_and_keeps_its_value_while_it_is_away() -> None:
    index = Counts(7, Unavailable("away"), 9)
    counting = asyncio.create_task(count_documents(index, 0.0))  # type: ignore[arg-type]
    await asyncio.wait_for(index.all_given.wait(), 60)
    counting.cancel()
    with suppress(asyncio.CancelledError):
        await counting
    assert index.seen[1:] == [7, 7, 9]
