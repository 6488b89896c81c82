"""A stage in the middle as a process: settings, workers, health page, runner, signals."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from shared.observe import logs, tracing
from shared.observe.health import Health, HealthServer
from shared.settings import SettingsError, load
from shared.topology import Stage
from shared.transport import faust_stage, kafka_stage
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
    runner = faust_stage.run if settings.runner == "faust" else kafka_stage.run
    try:
        await runner(stage, pool, settings, health, stop)
    finally:
        pool.close()
        server.close()


def serve(stage: Stage, prepare: Callable[[], Work]) -> int:
    """Runs the stage on Kafka until SIGTERM or SIGINT.

    Returns the exit status: 0 stopped, 1 cannot go on, 2 set up wrong.
    """
    logs.configure()
    try:
        settings = load(TransportSettings, os.environ)
        if settings.traces_url:
            tracing.send_to(settings.traces_url)
    except (SettingsError, tracing.NoSdk) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        asyncio.run(_serve(stage, prepare, settings))
    except Exception:  # already logged; the platform starts the process again
        return 1
    return 0
