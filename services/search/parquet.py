"""Documents as a Parquet file (https://parquet.apache.org), written a row group at a time.

The only file that needs pyarrow, of the extra `export`: it is imported when somebody asks for Parquet.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from services.search.columns import COLUMNS, row
from shared.searchindex.document import Document

if TYPE_CHECKING:
    import pyarrow

BATCH_ROWS = 100  # made into Arrow's columns at once; Python's memory holds no more of them
GROUP_ROWS, GROUP_BYTES = 10_000, 32 << 20  # of Arrow's memory in a row group, whichever comes first


class Missing(Exception):
    """pyarrow is not installed; the message says what to do."""


def schema() -> "pyarrow.Schema":
    """The columns as Arrow has them: times in UTC to the microsecond, lists as lists.

    Raises:
        Missing: there is no pyarrow.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise Missing(
            "Parquet needs pyarrow, which is not installed here: pip install --require-hashes -r"
            " requirements/export.txt (the extra `export`). JSON lines and CSV need nothing."
        ) from None
    text = pa.string()
    spans = pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32()}))
    kinds = {
        "text": text,
        "integer": pa.int64(),
        "number": pa.float64(),
        "instant": pa.timestamp("us", tz="UTC"),
        "day": pa.date32(),
        "texts": pa.list_(text),
        "entities": pa.list_(
            pa.struct(
                {"text": text, "type": text, "id": text, "country": text, "confidence": pa.float64(), "spans": spans}
            )
        ),
        "rights": pa.list_(pa.struct({"signal": text, "value": text, "origin": text})),
    }
    return pa.schema([pa.field(one.name, kinds[one.kind], not one.always, {"holds": one.holds}) for one in COLUMNS])


class _Sink:
    """A file that can be cut off: pyarrow ends a file well even where an error interrupts it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.cut = self.closed = False

    def write(self, data: bytes) -> int:
        return len(data) if self.cut else self._out.write(data)

    def flush(self) -> None:
        if not self.cut:
            self._out.flush()

    def close(self) -> None:
        self.closed = True


def write_parquet(documents: Iterable[Document], out: BinaryIO) -> None:
    """Writes all of them. What an error interrupts has no footer, and is no Parquet file.

    Raises:
        Missing: there is no pyarrow.
    """
    columns = schema()
    import pyarrow as pa
    from pyarrow import parquet

    sink = _Sink(out)
    with parquet.ParquetWriter(sink, columns, compression="zstd") as writer:
        try:
            for group in _groups(documents, columns):
                writer.write_table(pa.Table.from_batches(group))
        except BaseException:
            sink.cut = True
            raise


def _groups(documents: Iterable[Document], columns: "pyarrow.Schema") -> Iterator[list["pyarrow.RecordBatch"]]:
    import pyarrow as pa

    group: list[pyarrow.RecordBatch] = []
    remaining = iter(documents)
    while rows := [row(document) for document in islice(remaining, BATCH_ROWS)]:
        group.append(pa.RecordBatch.from_pylist(rows, columns))
        if sum(one.num_rows for one in group) >= GROUP_ROWS or sum(one.nbytes for one in group) >= GROUP_BYTES:
            yield group
            group = []
    if group:
        yield group
