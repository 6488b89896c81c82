"""The search index in this process: tantivy in a folder, for one machine and no server.

One process at a time may write the folder; within it, searches run beside writes, and others may read it meanwhile. A
batch is on disk before `apply` returns: a process killed afterwards loses nothing of it, one killed before leaves the
index as it was.
"""

import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import tantivy

from shared.searchindex import embedded_schema, embedded_search
from shared.searchindex.document import Document
from shared.searchindex.embedded_schema import FORMAT, LIVE, TERMS, entry
from shared.searchindex.index import Outcome, Verdict
from shared.searchindex.query import Query, Results
from shared.searchindex.stored import ARTICLE_ID, Unindexable

WRITER_BYTES = 50_000_000  # of documents held in memory before a segment is written; tantivy's own least is 15 MB

_Q = tantivy.Query


class FolderError(RuntimeError):
    """The folder cannot be used as an index: held by another process, of another format, or damaged."""


class EmbeddedIndex:
    """`SearchIndex` over a folder, which is made where it is missing.

    Args:
        reading: open what is there as it is now, and only read it, whoever writes it.

    Raises:
        FolderError: names the folder, what is wrong with it and what to do.
    """

    def __init__(self, folder: Path, *, reading: bool = False) -> None:
        self._lock = threading.Lock()
        self._closed = reading
        _check_format(folder, make=not reading)
        try:
            self._index = tantivy.Index(embedded_schema.schema(), path=str(folder))
            self._index.register_tokenizer(TERMS, embedded_schema.tokenizer())
            self._writer: tantivy.IndexWriter | None = None if reading else self._open_writer()
        except ValueError as error:
            if "LockBusy" in str(error):
                raise FolderError(
                    f"{folder}: another process holds this index; end it, or name another folder"
                ) from None
            raise FolderError(f"{folder}: damaged, or no index ({error}); move it away to begin a new one") from None
        self._arrivals = embedded_search.newest_arrival(self._index.searcher())

    def apply(self, batch: Sequence[Document]) -> list[Outcome]:
        with self._lock:
            if self._closed:
                return [Outcome(Verdict.HALT, "the index is closed")] * len(batch)
            held = self._held([document.id for document in batch])
            outcomes: list[Outcome] = []
            entries: dict[str, tantivy.Document] = {}
            for document in batch:
                revision, arrival = held.get(document.id, (document.revision, self._arrivals + 1))
                if document.revision < revision:
                    outcomes.append(Outcome(Verdict.STALE, f"the index holds revision {revision}"))
                    continue
                try:
                    entries[document.id] = entry(document, arrival)
                except Unindexable as error:
                    outcomes.append(Outcome(Verdict.REJECT, str(error)))
                    continue
                outcomes.append(Outcome(Verdict.APPLIED, new=document.id not in held))
                held[document.id] = (document.revision, arrival)
                self._arrivals = max(self._arrivals, arrival)
            trouble = self._write(entries)
        return [
            Outcome(Verdict.RETRY, trouble) if trouble and outcome.verdict == Verdict.APPLIED else outcome
            for outcome in outcomes
        ]

    def _held(self, ids: list[str]) -> dict[str, tuple[int, int]]:
        """(revision, arrival) of those of the ids that are in the index."""
        if not ids:
            return {}
        searcher = self._index.searcher()
        wanted = _Q.term_set_query(self._index.schema, "id", ids)
        hits = searcher.search(wanted, len(ids), count=False, order_by_field="id").hits
        addresses = [address for _, address in hits]
        revisions = searcher.fast_field_values("revision", addresses)
        arrivals = searcher.fast_field_values("arrival", addresses)
        return {
            str(key): (int(revision or 0), int(arrival or 0))
            for (key, _), revision, arrival in zip(hits, revisions, arrivals, strict=True)
        }

    def _write(self, entries: dict[str, tantivy.Document]) -> str:
        """Puts the entries on disk, all or none. Returns what went wrong, '' for nothing."""
        if not entries:
            return ""
        try:
            self._writer = self._writer or self._open_writer()
            for article_id, made in entries.items():
                self._writer.delete_documents_by_term("id", article_id)
                self._writer.add_document(made)
            self._writer.commit()
            self._index.reload()
        except (ValueError, OSError) as error:  # a full disk, a folder that went away
            self._writer = None  # a writer that failed once refuses everything after
            return str(error)
        return ""

    def _open_writer(self) -> tantivy.IndexWriter:
        return self._index.writer(WRITER_BYTES, num_threads=1)

    def search(self, query: Query) -> Results:
        return embedded_search.search(self._index, query)

    def scan(self, query: Query) -> Generator[Document, None, None]:
        return embedded_search.scan(self._index, query)

    def get(self, article_id: str) -> Document | None:
        if not ARTICLE_ID.fullmatch(article_id):
            return None
        searcher = self._index.searcher()
        hits = searcher.search(_Q.term_query(self._index.schema, "id", article_id, "basic"), 1).hits
        return embedded_schema.document_of(searcher.doc(hits[0][1])) if hits else None

    def count(self) -> int:
        live = _Q.term_query(self._index.schema, "filter", LIVE, "basic")
        return embedded_search.count(self._index.searcher(), live)

    def healthy(self) -> bool:
        return not self._closed and self._writer is not None

    def close(self) -> None:
        """Lets go of the folder. What was applied is on disk already."""
        with self._lock:
            self._closed, self._writer = True, None


def _check_format(folder: Path, make: bool) -> None:
    """Refuses a folder that another version of this file wrote; makes one that is missing, if it may."""
    mark = folder / "FORMAT"
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        if make and not mark.exists() and not any(folder.iterdir()):
            mark.write_text(FORMAT, encoding="ascii")
        found = mark.read_text(encoding="ascii", errors="replace").strip() if mark.exists() else "none"
    except OSError as error:
        raise FolderError(f"{folder}: cannot be used as an index folder ({error.strerror})") from None
    if found != FORMAT:
        raise FolderError(f"{folder}: index format {found}, this version reads {FORMAT}; move it away and index again")
