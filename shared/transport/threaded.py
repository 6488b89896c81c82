"""A consumer's work in its one thread, and what runs beside it in the loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any


async def run_in_thread(
    work: Callable[[], None], ending: threading.Event, stop: asyncio.Event, *beside: Coroutine[Any, Any, None]
) -> None:
    """Runs `work` in a thread until it returns, and the coroutines `beside` it for as long.

    Args:
        ending: set once `stop` is; `work` is to return soon after.

    Raises:
        Exception: whatever `work` raises.
    """

    async def pass_on() -> None:
        await stop.wait()
        ending.set()

    running = asyncio.ensure_future(asyncio.to_thread(work))
    helpers = [asyncio.create_task(one) for one in (*beside, pass_on())]
    try:
        await running
    finally:
        for helper in helpers:
            helper.cancel()
