"""`python -m services.fetcher COMMAND`: `run` fetches, the others answer questions.

Answers are JSON on standard output, one line each, in order.
"""

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from services.fetcher import (
    explain_command,
    feed_command,
    feed_states,
    guard_command,
    robots_command,
    sniff_command,
    sources_command,
)
from services.fetcher.clock import SystemClock
from services.fetcher.database import LeaseTaken, StoreTooNew
from services.fetcher.download import Client
from services.fetcher.feed_worker import prepare
from services.fetcher.fetch_shard import Surroundings
from services.fetcher.guard import exception
from services.fetcher.hold import hold
from services.fetcher.outboxes import Outboxes
from services.fetcher.overview import fetching
from services.fetcher.parse_pool import parse_in
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourcesError
from services.fetcher.sources_watch import SourcesWatch
from services.fetcher.split import ShardsError, settle
from services.fetcher.views import Views
from shared.observe.fetching import PATH
from shared.observe.health import Health, HealthServer
from shared.settings import load
from shared.topology import FETCHER
from shared.transport import service
from shared.transport.outbox import carry
from shared.transport.pool import Pool
from shared.transport.settings import TransportSettings

STOP_SECONDS = 8.0  # for what is under way to be given up; the store holds what was promised


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.fetcher", description=FETCHER.does)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="fetch the sources and send their articles to Kafka, until SIGTERM")
    feed = commands.add_parser("feed", help="the entries of feeds and sitemaps")
    feed.add_argument("sources", nargs="+", metavar="FILE|URL")
    sniff = commands.add_parser("sniff", help="what a thing is (feed, sitemap, page), and the feeds that a page names")
    sniff.add_argument("sources", nargs="+", metavar="FILE|URL")
    robots = commands.add_parser("robots", help="what a robots.txt allows")
    robots.add_argument("file", type=Path, metavar="FILE")
    robots.add_argument("--agent", required=True, metavar="NAME", help="product token of the crawler")
    robots.add_argument("urls", nargs="+", metavar="URL")
    guard = commands.add_parser("guard", help="whether the address guard lets a URL pass")
    guard.add_argument("--resolve", type=Path, metavar="TABLE.json", help="names to address lists, in place of DNS")
    guard.add_argument("urls", nargs="+", metavar="URL", help="after --")
    sources_command.arguments(commands.add_parser("sources", help="list and change the sources, OPML in and out"))
    explain = commands.add_parser("explain", help="why something is due when it is, or why it was refused")
    explain.add_argument("what", metavar="SOURCE|URL")
    return parser


async def serve(settings: FetcherSettings, transport: TransportSettings, stop: asyncio.Event) -> None:
    """Fetches into the outboxes of the shards that this process holds, and carries those to Kafka, until `stop` is set
    or one of the two cannot go on.

    Raises:
        SourcesError, ShardsError, LeaseTaken, StoreTooNew: set up wrong.
    """
    async with AsyncExitStack() as stack:
        sources, folder = SourcesWatch(Path(settings.sources_file)), Path(settings.data_folder)
        settle(folder, settings.shards)
        feeds = Pool(prepare, 1, settings.feed_parse_seconds)
        stack.callback(feeds.kill)
        client = Client(user_agent(settings), frozenset(map(exception, settings.allow_addresses)))
        await stack.enter_async_context(client)
        health = Health()
        server = HealthServer(
            health, transport.metrics_host, transport.metrics_port, {PATH: partial(fetching, Views(folder))}
        )
        stack.callback(server.close)
        clock, outboxes = SystemClock(), Outboxes()
        counting = asyncio.create_task(feed_states.watch(outboxes.stores.values, clock))
        stack.callback(counting.cancel)
        shared = Surroundings(sources, client, parse_in(feeds.submit), settings, clock, outboxes)
        fetch = hold(folder, settings.shards, shared.fetch, outboxes, stop)
        both = [asyncio.create_task(fetch), asyncio.create_task(carry(FETCHER, outboxes, transport, health, stop))]
        ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait(both, timeout=STOP_SECONDS)
        for task in ended:
            task.result()  # what ended it before its time is an error


def _run(options: argparse.Namespace, settings: FetcherSettings) -> int:
    if options.command == "run":
        service.run(FETCHER, partial(serve, settings), (SourcesError, ShardsError, LeaseTaken, StoreTooNew))
    if options.command in ("feed", "sniff"):
        command = feed_command.run if options.command == "feed" else sniff_command.run
        pool = Pool(prepare, 1, settings.feed_parse_seconds)
        try:
            return command(options.sources, settings, parse_in(pool.submit))
        finally:
            pool.close()
    if options.command == "robots":
        robots_command.run(options.file, options.agent, options.urls)
    elif options.command == "guard":
        guard_command.run(options.urls, options.resolve, frozenset(map(exception, settings.allow_addresses)))
    elif options.command == "explain":
        return explain_command.run(options.what, settings)
    else:
        sources_command.run(options, Path(settings.sources_file), Path(settings.data_folder))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status, 2 for what cannot be used."""
    options = _arguments().parse_args(arguments)
    try:
        return _run(options, load(FetcherSettings, os.environ))
    except ValueError as error:  # settings, sources and tables say what is wrong with them
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
