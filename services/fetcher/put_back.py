"""How the loop ends: requests on their way may end too, and what has asked nothing yet is due as it was before."""

import asyncio
from collections.abc import Mapping
from typing import Any

from services.fetcher.means import Means
from services.fetcher.records import Job

END_SECONDS = 2.0  # for requests on their way


async def put_back(running: Mapping[asyncio.Task[Any], Job], means: Means) -> None:
    """Ends the jobs under way. Whoever has the shard next asks those of them that have asked nothing (robots.txt and
    other files that the store keeps aside) when they are due, not when their claims run out.

    One that was cut off in the middle keeps its claim: its host may have seen the request.

    Raises:
        sqlite3.Error: the store cannot be written.
    """
    gates = means.manners.gates
    for task in running:
        if task in gates.waiting and task not in gates.asked:
            task.cancel()  # first: its host must not be asked while the others end
    if asking := [task for task in running if task not in gates.waiting]:
        await asyncio.wait(asking, timeout=END_SECONDS)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for task, job in running.items():
        if task.cancelled() and task not in gates.asked:
            means.store.put_off(job, job.due_at)
