"""Time as an argument: the loop reads no clock of its own, so a test can live through hours in a moment."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Unix seconds, and waiting for them to pass."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The real one."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
