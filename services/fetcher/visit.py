"""One request with its redirects, made with manners: robots.txt first, then the origin's own pace, hop by hop."""

from collections.abc import Awaitable, Callable

from services.fetcher.download import Elsewhere, Failed
from services.fetcher.gates import FIRST_PATIENCE, HOP_PATIENCE, Gate, Gates, Postponed
from services.fetcher.origin import origin_of
from services.fetcher.robots import RobotsFile
from services.fetcher.robots_cache import EVERYTHING_ALLOWED
from shared.outcomes import Refusal

RobotsOf = Callable[[str], Awaitable[RobotsFile]]  # origin to what it allows


async def everything(_: str) -> RobotsFile:
    """Robots rules for a request that needs none."""
    return EVERYTHING_ALLOWED


class Visit:
    """Holds one origin at a time, so two visits never wait for each other.

    Args:
        gates: the origins.
        robots: what an origin allows; its Crawl-delay counts.
        delay: seconds between requests that the operator wants; the longer of it and a Crawl-delay holds.
        default_delay: where there is neither.
        patience: seconds waited for the origin of the first request.
        once: whether the store would not know that this was asked, if the task were to begin anew.
    """

    def __init__(
        self,
        gates: Gates,
        robots: RobotsOf,
        delay: float | None,
        default_delay: float,
        patience: float = FIRST_PATIENCE,
        once: bool = False,
    ) -> None:
        self._once = once
        self._gates = gates
        self._robots = robots
        self._delay = delay
        self._default_delay = default_delay
        self._patience = patience
        self._held: tuple[Gate, float] | None = None
        self._asked: set[str] = set()

    async def enter(self, url: str) -> None:
        """Waits until `url` may be asked for; the origin of the hop before is free again. The client's `before_hop`.

        Raises:
            Failed: `Refusal.ROBOTS`, or whatever kept robots.txt from being read; `Refusal.REDIRECTS` where an origin
                sends us to itself and wants a longer pause before that than a request can wait.
            Postponed: the wait would be long.
            Elsewhere: it is another shard's to ask.
        """
        self.leave()
        if not self._gates.owns(url):
            raise Elsewhere(url)
        origin = origin_of(url)
        robots = await self._robots(origin)
        decision = robots.allowed(url)
        if robots.nothing and not decision.allowed:
            raise Failed(Refusal.ROBOTS, f"{origin}/robots.txt cannot be had", temporary=True)
        if not decision.allowed:
            raise Failed(Refusal.ROBOTS, f"line {decision.line} of {origin}/robots.txt")
        delay = self.pace(robots)
        try:
            gate = await self._gates.take(origin, delay, HOP_PATIENCE if self._asked else self._patience)
        except Postponed:
            if origin in self._asked:  # the pause begins anew with each try: coming back later would never end
                raise Failed(Refusal.REDIRECTS, f"{origin} wants {delay:g} s between hops of its own") from None
            raise
        if self._once:
            self._gates.mark()
        self._asked.add(origin)
        self._held = gate, delay

    def pace(self, robots: RobotsFile) -> float:
        """Seconds between two requests to an origin with this robots.txt."""
        wanted = [delay for delay in (robots.crawl_delay, self._delay) if delay is not None]
        return max(wanted, default=self._default_delay)

    def leave(self) -> None:
        """Frees the origin held, if any."""
        if self._held is not None:
            (gate, delay), self._held = self._held, None
            self._gates.free(gate, delay)
