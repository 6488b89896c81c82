"""A stage in the middle as a process: settings, workers, health page, runner, signals."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import structlog

from shared.observe import logs, tracing
from shared.observe.health import Health, HealthServer
from shared.observe.record import begin
from shared.settings import SettingsError, load
from shared.topology import Stage
from shared.transport.document_pool import DocumentPool
from shared.transport.settings import TransportSettings
from shared.transport.step import Work


async def _serve(stage: Stage, prepare: Callable[[], Work], settings: TransportSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    health = Health()
    server = HealthServer(health, settings.metrics_host, settings.metrics_port)
    memory = settings.worker_memory_mib << 20
    pool = DocumentPool(stage, prepare, settings.workers, settings.document_seconds, memory)
    if settings.runner == "faust":
        from shared.transport.faust_stage import run
    else:
        from shared.transport.kafka_stage import run
    try:
        await run(stage, pool.run, settings, health, stop)
    finally:
        pool.kill()
        server.close()


def serve(stage: Stage, prepare: Callable[[], Work]) -> NoReturn:
    """Runs the stage on Kafka until SIGTERM or SIGINT, then ends the process.

    Exit status: 0 stopped, 1 cannot go on (the log says why; start it again), 2 set up wrong.
    """
    logs.configure()
    begin(stage.name)
    try:
        settings = load(TransportSettings, os.environ)
        if settings.traces_url:
            tracing.send_to(settings.traces_url)
    except (SettingsError, tracing.NoSdk) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    asyncio.run(_end_with(_serve(stage, prepare, settings), stage))
    raise AssertionError("the process has ended")


async def _end_with(work: Coroutine[Any, Any, None], stage: Stage) -> NoReturn:
    """Ends the process with the work, at once: a client's threads and tasks may still wait for a broker that is away.

    Everything that counts is committed, or comes again.
    """
    status = 0
    try:
        await work
    except Exception as error:
        structlog.get_logger().error("ended", stage=stage.name, error=f"{type(error).__name__}: {error}")
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
