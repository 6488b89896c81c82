"""The profiler as a process: `python -m services.profiler` on Kafka, `build FILES` to make profiles of files."""

import argparse
import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from services.profiler.build import BuildError, build
from services.profiler.settings import ProfilerSettings
from services.profiler.store import Store, StoreError
from shared.observe.health import Health, HealthServer
from shared.settings import SettingsError, load
from shared.topology import ENRICHED, PROFILER
from shared.transport import service
from shared.transport.aggregate import aggregate
from shared.transport.settings import TransportSettings


async def serve(settings: ProfilerSettings, transport: TransportSettings, stop: asyncio.Event) -> None:
    """Aggregates until `stop` is set."""
    store = Store(Path(settings.data_folder), settings, ENRICHED.name)
    health = Health()
    server = HealthServer(health, transport.metrics_host, transport.metrics_port)
    try:
        await aggregate(PROFILER, store, settings.profile_seconds, transport, health, stop)
    finally:
        store.close()
        server.close()


def parser() -> argparse.ArgumentParser:
    """Without a command it serves until SIGTERM."""
    top = argparse.ArgumentParser(prog="python -m services.profiler", description=PROFILER.does)
    commands = top.add_subparsers(dest="command")
    built = commands.add_parser("build", help="profiles of the articles in files, a host a line")
    built.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="JSON lines: enriched, clean or raw articles"
    )
    built.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    return top


if __name__ == "__main__":
    options = parser().parse_args()
    try:
        chosen = load(ProfilerSettings, os.environ)
        if options.command == "build":
            sys.exit(build(options.files, options.output, chosen))
    except (SettingsError, BuildError) as error:
        sys.exit(f"{error}")
    service.run(PROFILER, partial(serve, chosen), (StoreError,))
