"""The outboxes of the shards that this process holds, as one that whoever carries the articles on can empty."""

from collections.abc import Iterable

from services.fetcher.state import Store


class Outboxes:
    """Rows of all its stores, under numbers of its own that rise in the order in which they are given out."""

    def __init__(self) -> None:
        self.stores: dict[int, Store] = {}  # by shard
        self._given: dict[int, tuple[Store, int]] = {}  # number to row
        self._reached: dict[int, tuple[Store, int]] = {}  # the last row given out of each shard
        self._last = 0

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]:
        """Up to `limit` (number, encoded article) that are not acknowledged, beyond the number `after`.

        Those of one shard come in their order. With `after` 0 all begins anew.
        """
        if not after:
            self._given.clear()
            self._reached.clear()
        rows: list[tuple[int, bytes]] = []
        for shard, store in list(self.stores.items()):
            room = limit - len(rows)
            known, reached = self._reached.get(shard, (store, 0))
            reached = reached if known is store else 0  # held again after another had it
            for row, message in store.pending(room, reached) if room else ():
                self._last, reached = self._last + 1, row
                self._given[self._last] = store, row
                rows.append((self._last, message))
            self._reached[shard] = store, reached
        return rows

    def acknowledge(self, row_ids: Iterable[int]) -> None:
        """Forgets what is durable elsewhere. What is of a shard that went is carried again, by its new holder."""
        held = set(map(id, self.stores.values()))
        for number in row_ids:
            store, row = self._given.pop(number, (None, 0))
            if store is not None and id(store) in held:
                store.acknowledge([row])

    def outbox_size(self) -> int:
        """Messages not yet acknowledged."""
        return sum(store.outbox_size() for store in list(self.stores.values()))
