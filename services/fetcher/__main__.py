"""`python -m services.fetcher COMMAND`: questions one can ask the fetcher.

Answers are JSON on standard output, one line each, in order.
"""

import argparse
import os
import sys
from pathlib import Path

from services.fetcher import feed_command, guard_command, robots_command, sources_command
from services.fetcher.feeds import prepare
from services.fetcher.guard import exception
from services.fetcher.parse_pool import parse_in
from services.fetcher.settings import FetcherSettings
from shared.settings import load
from shared.topology import FETCHER
from shared.transport.pool import Pool


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.fetcher", description=FETCHER.does)
    commands = parser.add_subparsers(dest="command", required=True)
    feed = commands.add_parser("feed", help="the entries of feeds and sitemaps")
    feed.add_argument("sources", nargs="+", metavar="FILE|URL")
    robots = commands.add_parser("robots", help="what a robots.txt allows")
    robots.add_argument("file", type=Path, metavar="FILE")
    robots.add_argument("--agent", required=True, metavar="NAME", help="product token of the crawler")
    robots.add_argument("urls", nargs="+", metavar="URL")
    guard = commands.add_parser("guard", help="whether the address guard lets a URL pass")
    guard.add_argument("--resolve", type=Path, metavar="TABLE.json", help="names to address lists, in place of DNS")
    guard.add_argument("urls", nargs="+", metavar="URL", help="after --")
    sources = commands.add_parser("sources", help="the configured sources and how they fare")
    sources.add_argument("action", choices=["list"])
    return parser


def _run(options: argparse.Namespace, settings: FetcherSettings) -> int:
    if options.command == "feed":
        pool = Pool(prepare, 1, settings.feed_parse_seconds)
        try:
            return feed_command.run(options.sources, settings, parse_in(pool.submit))
        finally:
            pool.close()
    if options.command == "robots":
        robots_command.run(options.file, options.agent, options.urls)
    elif options.command == "guard":
        guard_command.run(options.urls, options.resolve, frozenset(map(exception, settings.allow_addresses)))
    else:
        sources_command.list_sources(Path(settings.sources_file), Path(settings.data_folder))
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
