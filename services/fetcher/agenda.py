"""Which origin is to be asked next, and when. In memory only: the store's queue is what counts."""

import heapq


class Agenda:
    """Origins by the time at which their next request may start."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []  # may hold times that no longer count; `_at` decides

    def put(self, origin: str, at: float) -> None:
        """Sets the time of an origin, in place of the one it had."""
        self._at[origin] = at
        heapq.heappush(self._heap, (at, origin))

    def next_at(self) -> float | None:
        """The earliest time; None when nothing is to be asked."""
        while self._heap:
            at, origin = self._heap[0]
            if self._at.get(origin) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def take(self, now: float) -> str | None:
        """Removes and returns the origin with the earliest time, if that has come."""
        at = self.next_at()
        if at is None or at > now:
            return None
        _, origin = heapq.heappop(self._heap)
        del self._at[origin]
        return origin
