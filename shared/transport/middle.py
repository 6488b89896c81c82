"""A stage in the middle as its `__main__` runs it: a service on Kafka, or with `--jsonl` a filter."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial

from shared.observe.health import Health, HealthServer
from shared.topology import Stage
from shared.transport import jsonl, service
from shared.transport.document_pool import DocumentPool
from shared.transport.settings import TransportSettings
from shared.transport.step import Work


def main(
    stage: Stage, prepare: Callable[..., Work], arguments: list[str] | None = None, profiled: bool = False
) -> None:
    """The command line of a stage: without an option it serves until SIGTERM.

    Args:
        prepare: builds the stage's function; runs in each worker process, so it must be importable.
        profiled: whether the function takes a `profile`, from the topic of host profiles; as a filter `prepare` is
            then called with the path of a file of profiles, where one is named.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given:
        jsonl.main(stage, prepare, given, profiled)
    else:
        service.run(stage, partial(serve, stage, prepare, profiled))


async def serve(
    stage: Stage, prepare: Callable[[], Work], profiled: bool, settings: TransportSettings, stop: asyncio.Event
) -> None:
    """Health page, workers and runner of a stage, until `stop` is set and the stage has drained.

    Raises:
        Exception: whatever made it impossible to go on; the process must end.
    """
    if settings.runner == "faust":  # each library is imported where it is used: they take a second
        from shared.transport.faust_stage import run
    else:
        from shared.transport.kafka_stage import run
    health = Health()
    server = HealthServer(health, settings.metrics_host, settings.metrics_port)
    memory = settings.worker_memory_mib << 20
    profiles = None
    if profiled:
        from shared.transport.profiles import Profiles

        profiles = Profiles(settings)
    profile_of = profiles.of if profiles else None
    limits = (settings.workers, settings.document_seconds, memory, settings.worker_documents)
    pool = DocumentPool(stage, prepare, *limits, profile_of)
    try:
        if profiles and not await profiles.whole(health, stop):
            return
        await run(stage, pool.run, settings, health, stop)
    finally:
        if profiles:
            profiles.close()
        pool.kill()
        server.close()
