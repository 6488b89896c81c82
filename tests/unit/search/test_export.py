"""The export command over a real embedded index: all of it, once, in every format, and a file that is whole or none."""

import csv
import errno
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from services.search import export as command
from services.search import parquet as parquet_file
from services.search.columns import COLUMNS, instant
from services.search.export import WRITERS, export
from shared import codec
from shared.messages import EnrichedArticle
from shared.searchindex.document import Document
from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.index import Unavailable
from shared.searchindex.query import Query
from tests.fixtures.ninjs_schema import NEEDS_SCHEMA, NinjsSchema
from tests.fixtures.press import ENDLESS, HARBOUR, HOSTILE, OBSERVATORY, PRESS, WITHDRAWN, document
from tests.fixtures.serving import get

ROOT = Path(__file__).parents[3]
LIVE = (*PRESS, HOSTILE, ENDLESS)
COMMAND = [sys.executable, "-m", "services.search", "export"]

Written = Callable[..., bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the press, with what is hostile, endless and withdrawn."""
    place = tmp_path_factory.mktemp("index")
    index = EmbeddedIndex(place)
    index.apply([document(article) for article in (*LIVE, WITHDRAWN)])
    index.close()
    return place


@pytest.fixture
def write(folder: Path, tmp_path: Path) -> Written:
    """The file that the command writes with these options."""

    def write(form: str, *options: str) -> bytes:
        out = tmp_path / f"articles.{form}"
        assert export([str(folder), "--format", form, "--output", str(out), *options]) == 0
        return out.read_bytes()

    return write


def ids_of(form: str, data: bytes) -> list[str]:
    if form == "parquet":
        return [str(one) for one in parquet.read_table(io.BytesIO(data)).column("id").to_pylist()]
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]
    lines = [json.loads(line) for line in data.splitlines()]
    if form == "newsarticle":
        return [line["identifier"]["value"] for line in lines]
    if form == "ninjs":
        return [one["value"] for line in lines for one in line["altIds"] if one["role"] == "wireroom"]
    return [line["article_id"] for line in lines]


def by_time() -> list[EnrichedArticle]:
    return sorted(LIVE, key=lambda article: (document(article).time, article.article_id))


# -- what is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", WRITERS)
def test_every_live_article_stands_in_an_export_once_oldest_first(write: Written, form: str) -> None:
    assert ids_of(form, write(form)) == [article.article_id for article in by_time()]


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_index_gives_the_same_bytes(write: Written, form: str) -> None:
    assert write(form) == write(form)


def test_json_lines_are_whole_articles(write: Written) -> None:
    assert [codec.decode(line, EnrichedArticle) for line in write("jsonl").splitlines()] == by_time()


def test_csv_is_that_of_the_api(write: Written, site: str) -> None:
    assert write("csv").decode() == get(f"{site}/api/search?format=csv&sort=oldest&size=100").text


@NEEDS_SCHEMA
def test_ninjs_is_valid(write: Written) -> None:
    schema = NinjsSchema()
    assert not [error for line in write("ninjs").splitlines() for error in schema.errors(json.loads(line))]


@pytest.mark.parametrize(
    "asked",
    [
        [("q", "harbour strike")],
        [("q", 'northport -"grain carriers" OR lang:fa')],
        [("lang", "de"), ("lang", "fa")],
        [("source", "tide-gazette"), ("country", "GB")],
        [("since", "2026-11-20"), ("until", "2026-11-21")],
        [("since", "2026-11-20T09:00:00+04:00"), ("q", "country:AE")],
        [("entity", "Miriam Castellan"), ("keyphrase", "harbour strike"), ("agency", "Meridian")],
        [("q", "nothing of the kind")],
    ],
)
def test_the_options_are_those_of_a_search(write: Written, site: str, asked: list[tuple[str, str]]) -> None:
    options = [part for name, value in asked for part in (f"--{'query' if name == 'q' else name}", value)]
    found = get(f"{site}/api/search?{urlencode([*asked, ('sort', 'oldest'), ('size', '100')])}").json["hits"]
    assert ids_of("jsonl", write("jsonl", *options)) == [hit["id"] for hit in found]


def test_nothing_found_is_an_empty_table_with_its_columns(write: Written) -> None:
    table = parquet.read_table(io.BytesIO(write("parquet", "--query", "zzzzz")))
    assert (table.num_rows, table.column_names) == (0, [column.name for column in COLUMNS])
    assert write("csv", "--query", "zzzzz").count(b"\r\n") == 1
    assert write("jsonl", "--query", "zzzzz") == b""


# -- the table --------------------------------------------------------------------------------------------------------


def rows(data: bytes) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in parquet.read_table(io.BytesIO(data)).to_pylist()}


def test_columns_have_their_types(write: Written) -> None:
    schema = parquet.read_schema(io.BytesIO(write("parquet")))
    kinds = {name: str(schema.field(name).type) for name in schema.names}
    for name in ("time", "published_at", "modified_at", "first_seen_at", "fetched_at"):
        assert kinds[name] == "timestamp[us, tz=UTC]"
    assert kinds["published_day"] == "date32[day]"
    assert kinds["revision"] == "int64"
    assert re.fullmatch(r"list<\w+: string>", kinds["authors"])
    assert pa.types.is_list(schema.field("entities").type)
    assert {column.name for column in COLUMNS if column.always} == {f.name for f in schema if not f.nullable}
    for column in COLUMNS:
        assert schema.field(column.name).metadata[b"holds"].decode() == column.holds


def test_a_row_holds_the_article(write: Written) -> None:
    row = rows(write("parquet"))[HARBOUR.article_id]
    assert row["text"] == HARBOUR.text
    assert row["authors"] == ["Ilse Brandt", "Tom Okafor"]
    assert row["published_at"] == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert row["published_day"] == date(2026, 11, 20)
    assert (row["published_status"], row["published_confidence"]) == ("original", 0.99)
    assert (row["place"], row["place_country"], row["agency"]) == ("Northport", "GB", "Meridian")
    assert row["rights"] == [{"signal": "tdm-reservation", "value": "0", "origin": "header"}]
    entities = row["entities"]
    assert isinstance(entities, list)
    assert [one["text"] for one in entities] == [entity.text for entity in HARBOUR.entities]
    for one in entities:
        assert {HARBOUR.text[span["start"] : span["end"]] for span in one["spans"]} == {one["text"]}


def test_an_offset_becomes_utc_and_the_day_stays_the_publishers(write: Written) -> None:
    row = rows(write("parquet"))[OBSERVATORY.article_id]
    assert (row["published_at"], row["published_day"]) == (
        datetime(2026, 11, 20, 7, 15, tzinfo=UTC),
        date(2026, 11, 20),
    )


def test_what_an_article_has_not_is_empty_and_never_another_time(write: Written) -> None:
    found = rows(write("parquet"))
    only_day = next(article for article in PRESS if article.published_at == "2026-11-19")
    undated = found[ENDLESS.article_id]
    assert found[only_day.article_id]["published_at"] is None
    assert found[only_day.article_id]["published_day"] == date(2026, 11, 19)
    assert (undated["published_at"], undated["published_day"], undated["published_status"]) == (None, None, None)
    assert undated["time"] == undated["first_seen_at"] == ENDLESS.first_seen_at
    assert (undated["country"], undated["summary"], undated["place"]) == (None, None, None)
    assert (undated["authors"], undated["entities"]) == ([], [])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, None),
        ("", None),
        ("2026-11-22", None),
        ("2026-11-22T08:30:00+02:00", datetime(2026, 11, 22, 6, 30, tzinfo=UTC)),
        ("2026-11-22T08:30:00.123456Z", datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)),
        ("2026-02-30T08:30:00Z", None),
        ("0001-01-01T00:00:00+02:00", None),
    ],
)
def test_a_time_of_a_page_is_an_instant_where_it_is_one(given: str | None, wanted: datetime | None) -> None:
    assert instant(given) == wanted


def test_row_groups_are_bounded(write: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(write("parquet"))
    monkeypatch.setattr(parquet_file, "BATCH_ROWS", 2)
    for name, bound, groups in (("GROUP_ROWS", 4, -(-len(LIVE) // 4)), ("GROUP_BYTES", 1, -(-len(LIVE) // 2))):
        with monkeypatch.context() as patch:
            patch.setattr(parquet_file, name, bound)
            data = write("parquet")
        assert parquet.ParquetFile(io.BytesIO(data)).num_row_groups == groups
        assert rows(data) == whole


# -- the file ---------------------------------------------------------------------------------------------------------


class Ending:
    """A search index that ends in the middle of a scan."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.closed = False

    def scan(self, query: Query) -> Generator[Document, None, None]:
        try:
            yield from [document(article) for article in LIVE * 40]
            raise self.error
        finally:
            assert not self.closed, "closed under its scan"

    def close(self) -> None:
        self.closed = True


ENDINGS = [
    pytest.param(Unavailable("no route"), 1, "ended after 560 articles, without the rest: no route", id="engine away"),
    pytest.param(OSError(errno.ENOSPC, "No space left"), 1, "No space left", id="disk full"),
    pytest.param(KeyboardInterrupt(), 130, "interrupted after 560 articles, without the rest", id="interrupted"),
    pytest.param(BrokenPipeError(), 141, "", id="reader gone"),
]


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(("error", "status", "said"), ENDINGS)
def test_an_export_that_ends_early_leaves_what_was_there(
    form: str,
    error: BaseException,
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    index = Ending(error)
    monkeypatch.setattr(command, "open_index", lambda *_, **__: index)
    monkeypatch.setattr(parquet_file, "GROUP_ROWS", 100)
    out = tmp_path / "articles"
    out.write_text("yesterday's")
    keeper = os.dup(1)  # a broken pipe points standard output elsewhere
    try:
        assert export(["--format", form, "--output", str(out)]) == status
    finally:
        os.dup2(keeper, 1)
        os.close(keeper)
    assert said in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]
    assert out.read_text() == "yesterday's"
    assert index.closed


def test_parquet_that_ends_early_on_standard_output_is_no_parquet(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(command, "open_index", lambda *_, **__: Ending(Unavailable("no route")))
    monkeypatch.setattr(parquet_file, "GROUP_ROWS", 100)
    assert export(["--format", "parquet"]) == 1
    data = capfdbinary.readouterr().out
    assert data.startswith(b"PAR1")
    with pytest.raises(pa.ArrowInvalid):
        parquet.read_table(io.BytesIO(data))


def test_a_file_has_the_permissions_of_any_other_and_keeps_its_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    before = os.umask(0o027)
    try:
        assert export([str(folder), "--format", "csv", "--output", str(link)]) == 0
    finally:
        os.umask(before)
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes().startswith(b"id,revision")
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640


def test_an_index_in_use_can_be_exported(folder: Path, write: Written) -> None:
    writing = EmbeddedIndex(folder)
    try:
        assert len(ids_of("jsonl", write("jsonl"))) == len(LIVE)
    finally:
        writing.close()


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--query", 'strike "harbour'],
            '--query: at character 8: this quotation mark is never closed: add another one\nstrike "harbour\n       ^',
        ),
        (["--since", "yesterday"], "--since: since is a day like 2026-11-22"),
        (["--lang", "de"] * 101, "--lang: a search has at most 100 parameters"),
        (["--output", "."], "not a file"),
        (["--output", "/dev/null"], "not a file"),
        (["--output", "nowhere/articles"], "nowhere/articles: cannot be written (No such file or directory)"),
    ],
)
def test_a_call_that_cannot_be_is_told(
    folder: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export([str(folder), "--format", "jsonl", *options]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("options", [["--format", "xml"], ["--colour", "red"], []])
def test_options_that_are_none_are_refused(folder: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        export([str(folder), *options])
    assert ended.value.code == 2


def test_a_folder_that_holds_no_index_is_refused_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        assert export([str(place), "--format", "jsonl"]) == 2
        assert str(place) in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WIREROOM_OPENSEARCH_URL", "http://127.0.0.1:1")
    assert export(["--format", "jsonl"]) == 1
    assert "127.0.0.1" in capsys.readouterr().err


def test_parquet_without_pyarrow_is_told_and_the_rest_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert export([str(folder), "--format", "parquet"]) == 2
    assert "requirements/export.txt" in capsys.readouterr().err


@pytest.mark.slow
def test_only_parquet_imports_pyarrow(folder: Path) -> None:
    program = (
        "import sys; from services.search.__main__ import main; sys.modules['pyarrow'] = None; "
        f"sys.argv = ['search', 'export', {str(folder)!r}, '--format', 'csv']; main()"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert (run.returncode, run.stderr) == (0, f"{len(LIVE)} articles written to standard output\n".encode())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose export does not fit into a pipe."""
    place = tmp_path_factory.mktemp("large")
    index = EmbeddedIndex(place)
    articles = [msgspec.structs.replace(ENDLESS, article_id=f"{n:032x}") for n in range(100)]
    index.apply([document(article) for article in articles])
    index.close()
    return place


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(signal.SIGINT, 130, "interrupted after "), (signal.SIGTERM, 143, ""), (None, 141, "")],
)
def test_a_signal_or_a_reader_that_goes_away_ends_the_command(
    large: Path, form: str, number: signal.Signals | None, status: int, said: str
) -> None:
    command = [*COMMAND, str(large), "--format", form]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(100)  # it writes, and soon waits for somebody to read
        if number is None:
            process.stdout.close()
        else:
            process.send_signal(number)
            process.stdout.read()
        errors = process.stderr.read().decode()
        assert process.wait(30) == status
    assert errors.startswith(said)
    assert errors.count("\n") == (1 if said else 0), errors
