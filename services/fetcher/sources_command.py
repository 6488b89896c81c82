"""`python -m services.fetcher sources ACTION`: the configured sources and how they fare, and changes to them.

Changes go to `sources.toml`; a running fetcher notices within seconds that the file is another.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from services.fetcher.opml import new_sources, write_opml
from services.fetcher.origin import feed_address
from services.fetcher.records import FeedRecord
from services.fetcher.sources import SourceConfig, read_sources
from services.fetcher.sources_edit import added, free_id, paused, removed, write
from services.fetcher.views import Views


def arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of the command."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="each source with its feeds and how they fare")
    add = actions.add_parser("add", help="one more source")
    add.add_argument("urls", nargs="+", metavar="URL", help="feeds; news sitemaps with --sitemap")
    add.add_argument("--id", default="", help="default: made of the name or address")
    add.add_argument("--name", default="")
    add.add_argument("--sitemap", action="append", default=[], metavar="URL")
    for action, does in (("pause", "ask nothing for a while"), ("resume", "ask again"), ("remove", "take it out")):
        actions.add_parser(action, help=does).add_argument("id", metavar="SOURCE")
    actions.add_parser("import", help="the feeds of an OPML file as sources").add_argument(
        "file", type=Path, metavar="FILE.opml"
    )
    actions.add_parser("export", help="all feeds as OPML")


def run(options: argparse.Namespace, file: Path, folder: Path) -> None:
    """Carries out one action; writes what it tells to standard output, a JSON line for each source concerned.

    Raises:
        SourcesError, NotOpml, ValueError: say what is wrong with the file or the arguments.
    """
    if options.action == "list":
        list_sources(file, folder)
        return
    known = read_sources(file) if file.exists() or options.action not in ("add", "import") else ()
    text = file.read_text(encoding="utf-8") if known else ""
    if options.action == "export":
        sys.stdout.write(write_opml(known))
        return
    new: list[SourceConfig] = []
    if options.action == "add":
        made = options.id or free_id(options.name or options.urls[0], [source.id for source in known])
        new = [SourceConfig(id=made, name=options.name, feeds=tuple(options.urls), sitemaps=tuple(options.sitemap))]
    elif options.action == "import":
        try:
            new = list(new_sources(options.file.read_bytes(), known))
        except OSError as error:
            raise ValueError(f"{options.file}: cannot be read ({error.strerror})") from None
    elif options.action == "remove":
        text = removed(text, options.id, file)
    else:
        text = paused(text, options.id, options.action == "pause", file)
    for source in new:
        text = added(text, source)
    if new or options.action not in ("add", "import"):
        write(file, text)
    for source_id in [source.id for source in new] or ([options.id] if options.action != "import" else []):
        sys.stdout.write(json.dumps({"id": source_id, "done": options.action}) + "\n")


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC).isoformat()


def _feed(url: str, known: dict[str, tuple[FeedRecord, float | None]]) -> dict[str, Any]:
    if url not in known:
        return {"url": url}
    feed, due_at = known[url]
    facts = {"title": feed.title, "outcome": feed.outcome, "detail": feed.detail, "failures": feed.failures}
    times = {"asked_at": _time(feed.asked_at), "new_at": _time(feed.new_at), "due_at": _time(due_at)}
    return {"url": url, **facts, **times}


def list_sources(file: Path, folder: Path, out: TextIO | None = None) -> None:
    """Writes each source of `file` with its feeds, and what the store in `folder` knows about them, to `out`.

    Works beside a running fetcher. Times are UTC.

    Raises:
        SourcesError: see `read_sources`.
    """
    sources = read_sources(file)
    known = {feed.url: (feed, due_at) for feed, due_at in Views(folder).feeds()}
    for source in sources:
        feeds = [_feed(url, known) for url in map(feed_address, (*source.feeds, *source.sitemaps))]
        line: dict[str, Any] = {
            "id": source.id,
            "name": source.name,
            "country": source.country,
            "language": source.language,
        }
        line |= {"paused": True} if source.paused else {}
        print(json.dumps({**line, "feeds": feeds}, ensure_ascii=False), file=out or sys.stdout)
