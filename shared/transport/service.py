"""A service on the bus as a process: settings, logs, signals, exit status."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import structlog

from shared.observe import logs, tracing
from shared.observe.record import begin
from shared.settings import SettingsError, load
from shared.topology import Stage
from shared.transport.settings import TransportSettings

Service = Callable[[TransportSettings, asyncio.Event], Coroutine[Any, Any, None]]


def run(stage: Stage, service: Service, mistakes: tuple[type[Exception], ...] = ()) -> NoReturn:
    """Runs `service` until it ends; SIGTERM and SIGINT set its event. Ends the process.

    Exit status: 0 stopped, 1 cannot go on (the log says why; start it again), 2 set up wrong (standard error says how).

    Args:
        mistakes: exceptions of the service that mean it is set up wrong.
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
    asyncio.run(_whole(stage, service, settings, mistakes))
    raise AssertionError("the process has ended")


async def _whole(
    stage: Stage, service: Service, settings: TransportSettings, mistakes: tuple[type[Exception], ...]
) -> NoReturn:
    """Ends the process with the service, at once: a client's threads and tasks may wait for a broker that is away.

    Everything that counts is committed, or comes again.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    status = 0
    try:
        await service(settings, stop)
    except mistakes as error:
        sys.stderr.write(f"{error}\n")
        status = 2
    except Exception as error:
        structlog.get_logger().error("ended", stage=stage.name, error=f"{type(error).__name__}: {error}")
        status = 1
    tracing.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
