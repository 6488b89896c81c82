"""`python -m services.search export`: everything that a search finds, as a file for other programs.

One view of the index is written from its oldest article to its newest (`SearchIndex.scan`), in bounded memory, so an
export is complete whatever arrives meanwhile. A file appears when it is whole.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn

from services.search.engine import open_index
from services.search.filters import query_of
from services.search.formats import csv_rows
from services.search.parquet import Missing, schema, write_parquet
from services.search.parse import BadQuery
from services.search.whole_file import NoPlace, whole_file
from shared import codec
from shared.formats.standards import STANDARDS, written
from shared.messages import EnrichedArticle
from shared.searchindex.document import Document
from shared.searchindex.embedded import FolderError
from shared.searchindex.index import Unavailable
from shared.searchindex.query import KEYWORD_FIELDS, Query
from shared.settings import SettingsError

Writer = Callable[[Iterable[Document], BinaryIO], None]
STEP = 1_000  # articles between two looks of the progress line
# What a shell shows for a program that a signal ended: 128 and its number.
INTERRUPTED, TERMINATED, PIPE_CLOSED = 128 + signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGPIPE


def _lines(line: Callable[[EnrichedArticle], bytes]) -> Writer:
    def write(documents: Iterable[Document], out: BinaryIO) -> None:
        for document in documents:
            out.write(line(document.article) + b"\n")

    return write


def _csv(documents: Iterable[Document], out: BinaryIO) -> None:
    for row in csv_rows(documents):
        out.write(row.encode())


WRITERS: Mapping[str, Writer] = {
    "parquet": write_parquet,
    "jsonl": _lines(codec.encode),
    "csv": _csv,
    **{name: _lines(lambda article, name=name: written(article, name)) for name in STANDARDS},  # type: ignore[misc]
}


def parser() -> argparse.ArgumentParser:
    """The options: those of a search, what to write, and where."""
    top = argparse.ArgumentParser(prog="python -m services.search export", description=__doc__)
    top.add_argument("folder", type=Path, nargs="?", help="an embedded index, also one in use; else OpenSearch")
    top.add_argument("--format", choices=WRITERS, required=True, help="what to write")
    top.add_argument("--output", type=Path, metavar="FILE", help="where, once it is whole; else standard output")
    asked = top.add_argument_group("which articles", "all of them, or as in a search; one option twice means either")
    asked.add_argument("--query", metavar="TEXT", help="as in the search box: words, phrases, lang:de, -country:US ...")
    asked.add_argument("--since", metavar="DAY", help="published, or else first seen, on this day (or time) or later")
    asked.add_argument("--until", metavar="DAY", help="before this day (or time)")
    for name in KEYWORD_FIELDS:
        asked.add_argument(f"--{name}", action="append", metavar="VALUE", default=[])
    return top


def export(arguments: Sequence[str]) -> int:
    """Runs the command.

    Returns the exit status: 0 where all is written, 1 where the index or the disk stands in the way, 2 for a mistake
    in the call, and 128 with the number of the signal that ended it.
    """
    options = parser().parse_args(arguments)
    folder: Path | None = options.folder
    if folder is not None and not folder.is_dir():
        return _say(f"{folder}: no such folder", 2)
    try:
        query = _query(options)
        if options.format == "parquet":
            schema()  # what is missing is told before anything is asked
        if options.format == "parquet" and options.output is None and sys.stdout.isatty():
            return _say("a Parquet file is nothing for a terminal: name one with --output, or redirect", 2)
        index = open_index(folder, reading=True)
    except (BadQuery, Missing, SettingsError, FolderError) as error:
        return _say(str(error), 2)
    counted = _Counted()
    try:
        with _terminable(), closing(index.scan(query)) as found, _opened(options.output) as out:
            WRITERS[options.format](counted.through(found), out)
    except NoPlace as error:
        return _say(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at exit fails once more
        return PIPE_CLOSED
    except (Unavailable, OSError) as error:
        return _say(f"ended after {counted.number} articles, without the rest: {error}", 1)
    except KeyboardInterrupt:
        return _say(f"interrupted after {counted.number} articles, without the rest", INTERRUPTED)
    finally:
        index.close()
    return _say(f"{counted.number} articles written to {options.output or 'standard output'}", 0)


def _say(message: str, status: int) -> int:
    sys.stderr.write(f"{message}\n")
    return status


def _query(options: argparse.Namespace) -> Query:
    """The query of the options, through the parameters that a search address has.

    Raises:
        BadQuery: the message names the option.
    """
    single = [("q", options.query), ("since", options.since), ("until", options.until)]
    several = [(name, value) for name in KEYWORD_FIELDS for value in getattr(options, name)]
    try:
        return query_of([(name, value or "") for name, value in single] + several)
    except BadQuery as error:
        if error.parameter != "q":
            raise BadQuery(f"--{error.parameter}: {error.message}") from None
        place = f"{options.query}\n{' ' * error.position}^"
        raise BadQuery(f"--query: at character {error.position + 1}: {error.message}\n{place}") from None


class _Counted:
    """How many documents have passed, shown on a terminal."""

    def __init__(self) -> None:
        self.number = 0

    def through(self, documents: Iterable[Document]) -> Iterator[Document]:
        terminal = sys.stderr.isatty()
        for document in documents:
            self.number += 1
            if terminal and self.number % STEP == 0:
                sys.stderr.write(f"\r{self.number} articles\x1b[K\r")
                sys.stderr.flush()
            yield document


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(path) as out:
        yield out


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM unwinds like an error, so that nothing half-written stays."""

    def end(number: int, frame: object) -> NoReturn:
        sys.exit(TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
