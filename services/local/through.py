"""`python -m services.local PATH...`: files to enriched articles on standard output, or into an index."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from services.indexer.sink import write
from services.local.files import Summary, process
from services.local.inputs import Input, Unreadable, find, read
from services.local.parked import Parked
from services.local.route import open_pool, prepare
from services.local.settings import LocalSettings
from shared.codec import decode
from shared.formats.standards import STANDARDS, written
from shared.messages import EnrichedArticle
from shared.outcomes import Done
from shared.searchindex.embedded import EmbeddedIndex, FolderError

JSON = "json"  # the message of `article.enriched.v1`
FORMATS = (JSON, *STANDARDS)
PIPE_CLOSED = 141  # the exit status that a shell shows for a program whose reader went away
ERRORS_ONLY = 40  # the standard library's number of that log level: the summary says the rest


def _pages(paths: Sequence[Path]) -> Iterator[Input]:
    for found in find(list(paths)):
        if isinstance(found, Unreadable):
            yield found
        else:
            yield from read(*found)


class _Output:
    """Where articles go: to standard output, to an index in batches, or both. `form`: one of FORMATS, or ''."""

    def __init__(self, form: str, index: EmbeddedIndex | None, parked: Parked | None, batch: int) -> None:
        self._form, self._index, self._parked, self._batch = form, index, parked, batch
        self._waiting: list[EnrichedArticle] = []

    def passed(self, done: Done) -> None:
        article = decode(done.out or b"", EnrichedArticle)
        if self._form:
            line = (done.out or b"") if self._form == JSON else written(article, self._form)
            sys.stdout.buffer.write(line + b"\n")
        elif self._index is None:
            date = (article.published_at or "no date")[:10]
            print(f"{article.lang:<8} {date:<10} {len(article.text):>7} characters  {article.title or article.url}")
        if self._index is None:
            return
        self._waiting.append(article)
        if len(self._waiting) >= self._batch:
            self.flush()

    def declined(self, done: Done, message: bytes) -> None:
        print(f"rejected by {done.stage}, {done.reason}: {done.url} {done.detail}".rstrip(), file=sys.stderr)
        if self._parked is not None:
            self._parked.park(done, message, datetime.now(UTC))
            self._parked.sync()

    def unreadable(self, page: Unreadable) -> None:
        print(f"unreadable: {page.path}: {page.why}", file=sys.stderr)

    def flush(self) -> None:
        if self._index is not None and self._waiting:
            write(self._index, self._waiting)
            self._waiting.clear()


def files(
    paths: Sequence[Path], form: str, index: Path | None, settings: LocalSettings, profiles: Path | None = None
) -> int:
    """Runs the files through all stages. `form` is how articles are printed: one of FORMATS, or '' for people.

    Returns the exit status: 0 unless nothing could be read, 2 where the index cannot be used, 141 where whoever read
    standard output wants no more.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(ERRORS_ONLY))
    summary = Summary()
    with ExitStack() as stack:
        opened = parked = None
        if index is not None:
            try:
                opened = EmbeddedIndex(index)
            except FolderError as error:
                print(error, file=sys.stderr)
                return 2
            stack.callback(opened.close)
            parked = stack.enter_context(Parked(index.with_name(f"{index.name}.parked.jsonl")))
        memory = settings.worker_memory_mib << 20
        pool = open_pool(settings.workers, settings.document_seconds, memory, partial(prepare, profiles))
        stack.callback(pool.kill)
        output = _Output(form, opened, parked, settings.batch_documents)
        try:
            for summary in process(_pages(paths), pool, output.passed, output.declined, output.unreadable):
                _show(summary, sys.stderr.isatty())
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at exit fails once more
            return PIPE_CLOSED
        finally:
            output.flush()
    print(summary.line("printed" if index is None else "indexed"), file=sys.stderr)
    return 0 if summary.read > summary.unreadable else 1


def _show(summary: Summary, terminal: bool) -> None:
    """A line of progress that overwrites itself; on a terminal only."""
    if terminal:
        sys.stderr.write(
            f"\r{summary.read} read, {summary.passed} through, {summary.rejected.total()} rejected\x1b[K\r"
        )
        sys.stderr.flush()
