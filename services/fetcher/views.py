"""The whole store as others may read it, beside the fetchers that work on its shards."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TypeVar

from services.fetcher.database import files, view
from services.fetcher.records import FeedRecord
from services.fetcher.rows import read_fates, read_feeds, read_outbox_size, read_refusals

T = TypeVar("T")


class Views:
    """Every state file in a folder, opened read-only for each question."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def each(self, read: Callable[[sqlite3.Connection], T]) -> Iterator[T]:
        """What `read` says of each file."""
        for file in files(self._folder):
            with closing(view(file)) as connection:
                yield read(connection)

    def feeds(self) -> list[tuple[FeedRecord, float | None]]:
        """Every feed and sitemap, by source and address, with when it is due (None: never again)."""
        every = chain.from_iterable(self.each(read_feeds))
        return sorted(every, key=lambda known: (known[0].source_id, known[0].url))

    def fates(self) -> dict[str, int]:
        """How many URLs met each fate."""
        return _sum(self.each(read_fates))

    def refusals(self) -> dict[str, int]:
        """How many URLs were refused for each `Refusal`."""
        return _sum(self.each(read_refusals))

    def outbox_size(self) -> int:
        """Messages not yet acknowledged."""
        return sum(self.each(read_outbox_size))


def _sum(counts: Iterator[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))
