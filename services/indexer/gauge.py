"""How many documents the index holds, for those who watch it."""

import asyncio
from contextlib import suppress

from shared.observe.metrics import INDEX_DOCUMENTS
from shared.searchindex.index import SearchIndex, Unavailable

EVERY_SECONDS = 10.0


async def count_documents(index: SearchIndex, every_seconds: float = EVERY_SECONDS) -> None:
    """Keeps the gauge, until cancelled: beside the writing, as a count costs as much as a small batch."""
    while True:
        with suppress(Unavailable):  # the next write says so
            INDEX_DOCUMENTS.set(await asyncio.to_thread(index.count))
        await asyncio.sleep(every_seconds)
