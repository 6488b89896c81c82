"""Commands of the all-in-one process: `run`, `explain`, and files."""

import argparse
import os
import sys
from pathlib import Path

from services.fetcher.sources import SourcesError
from services.local.check import check
from services.local.explain import explain
from services.local.main_job import run
from services.local.settings import LocalSettings
from services.local.through import FORMATS, JSON, files
from shared import profilefile
from shared.settings import SettingsError, load

USAGE = """\
python -m services.local run [--data DIR] [--sources FILE]
       python -m services.local explain URL-or-FILE
       python -m services.local check SOURCE [--sources FILE]
       python -m services.local PATH... [--format json|ninjs|newsarticle] [--index DIR] [--profile FILE]"""


def parser() -> argparse.ArgumentParser:
    """The commands; a first word that is none of them is a path."""
    top = argparse.ArgumentParser(
        prog="python -m services.local", description="All stages in one process.", usage=USAGE
    )
    commands = top.add_subparsers(dest="command", required=True)
    main_job = commands.add_parser("run", help="fetch, process, index and serve until Ctrl-C")
    main_job.add_argument("--data", type=Path, default=Path("data"), help="folder of everything it keeps")
    main_job.add_argument("--sources", type=Path, help="sources.toml (default: the demo newsroom)")
    explained = commands.add_parser("explain", help="one page after each stage, with every decision")
    explained.add_argument("page", help="a URL or a file")
    checked = commands.add_parser("check", help="one source, asked once: its entries, and one article all the way")
    checked.add_argument("source", metavar="SOURCE", help="an id of the sources, or the address of a feed")
    checked.add_argument("--sources", type=Path, metavar="FILE", help="default: WIREROOM_SOURCES_FILE")
    through = commands.add_parser("files", help="pages from files (the word `files` may be left out)")
    through.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help=".html .txt .warc(.gz) .jsonl(.gz), folders"
    )
    printed = through.add_mutually_exclusive_group()
    printed.add_argument("--format", choices=FORMATS, default="", help="one article a line on standard output, in it")
    printed.add_argument("--json", action="store_const", dest="format", const=JSON, help=f"the same as --format {JSON}")
    through.add_argument("--index", type=Path, metavar="DIR", help="write a search index there")
    through.add_argument("--profile", type=Path, metavar="FILE", help="host profiles (default: none is known)")
    return top


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] not in ("run", "explain", "check", "files", "-h", "--help"):
        arguments = ["files", *arguments]
    options = parser().parse_args(arguments)
    try:
        settings = load(LocalSettings, os.environ)
        match options.command:
            case "run":
                return run(options.data, options.sources, settings)
            case "explain":
                return explain(options.page, settings)
            case "check":
                return check(options.source, options.sources, settings)
            case _:
                if options.profile:
                    profilefile.read(options.profile)  # a fault in it is told here, and once
                return files(options.paths, options.format, options.index, settings, options.profile)
    except (SettingsError, SourcesError, profilefile.ProfileError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
