"""What docs/consume.md says of ninjs, NewsArticle and tables is so, and its blocks run."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from services.local.through import FORMATS as OF_FILES
from services.search.api import ARTICLE_FORMATS
from services.search.api import FORMATS as OF_SEARCHES
from services.search.app import create_app
from services.search.columns import COLUMNS
from services.search.export import WRITERS
from services.search.status import Watch
from shared.formats.ninjs import EXTENSION, ninjs
from shared.observe.fetching import Fetching
from shared.searchindex.embedded import EmbeddedIndex
from tests.fixtures.hosts import host_pages, raw_line
from tests.fixtures.press import PRESS, document
from tests.fixtures.serving import serving

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "consume.md").read_text(encoding="utf-8")
NOTE = "<!-- run by tests/contracts/test_consume_exports.py -->\n"
SHELL, PARQUET, JSON_LINES, HOSTS_SHELL, HOSTS = re.findall(
    re.escape(NOTE) + r"```(?:sh|python)\n(.*?)^```$", PAGE, re.M | re.S
)
ARTICLES = ROOT / "tests" / "fixtures" / "articles"
TYPES = {
    "text": "text",
    "integer": "64-bit integer",
    "number": "double",
    "instant": "timestamp, UTC",
    "day": "date",
    "texts": "list of text",
    "entities": "list of struct",
    "rights": "list of struct",
}


def table(heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    lines = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_formats_stand_where_they_can_be_had() -> None:
    _, *places = zip(*table("format"), strict=True)
    for cells, known in zip(places, (OF_FILES, OF_SEARCHES, ARTICLE_FORMATS, WRITERS), strict=True):
        assert sorted(name for cell in cells for name in names(cell)) == sorted(known)


def test_every_field_that_we_write_in_ninjs_is_told() -> None:
    told = {name for row in table("ninjs") for name in names(row[0])}
    extension = json.loads((ROOT / "shared" / "formats" / "ninjs-wireroom.json").read_text(encoding="utf-8"))
    own = extension["properties"][EXTENSION]["properties"]
    assert {name for row in table("`x-wireroom`") for name in names(row[0])} == own.keys()
    written = {name for article in PRESS for name in ninjs(article)}
    assert written - {EXTENSION} <= told
    for row in table("`x-wireroom`"):
        for name in names(row[0]):
            assert own[name]["description"]
            if len(names(row[0])) == 1:
                assert row[1] == own[name]["description"]


def test_the_columns_are_those_of_an_export() -> None:
    assert table("column") == [[f"`{one.name}`", TYPES[one.kind], one.holds] for one in COLUMNS]


ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run_in(folder: Path, *command: str) -> str:
    ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.slow
def test_the_blocks_about_hosts_run(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    pages = [raw_line(page, n).replace('"content"', '"html"') for n, page in enumerate(host_pages(1, 12))]
    (tmp_path / "archive" / "pages.jsonl").write_text("\n".join(pages), encoding="utf-8")
    run_in(tmp_path, "bash", "-euo", "pipefail", "-c", HOSTS_SHELL)
    assert re.search(r"paper1\.example +│ +12 │ +0\.15 │ +NULL │ +NULL", run_in(tmp_path, sys.executable, "-c", HOSTS))
    told = {name for row in table("signal of an article") for cell in row[:2] for name in names(cell)}
    for line in (tmp_path / "told.jsonl").read_text(encoding="utf-8").splitlines():
        signals = json.loads(line)["signals"]
        assert signals["host_articles"] == 12
        assert signals.keys() <= told


@pytest.mark.slow
def test_the_blocks_run(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "data" / "index")
    index.apply([document(article) for article in PRESS])
    (tmp_path / "archive").symlink_to(ARTICLES)
    run = partial(run_in, tmp_path)

    status = Watch(list, Fetching, lambda: datetime.now(UTC))
    with serving(create_app(index, status)) as base:
        assert "http://127.0.0.1:8800" in SHELL
        run("bash", "-euo", "pipefail", "-c", SHELL.replace("http://127.0.0.1:8800", base))
    index.close()
    archive = [json.loads(line) for line in (tmp_path / "archive.jsonl").read_text(encoding="utf-8").splitlines()]
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert len(archive) == len(list(ARTICLES.glob("*/page.*")))
    assert {"Harbour strike enters its second week as talks stall"} <= {
        item["headlines"][0]["value"] for item in found["items"]
    }
    shown = run(sys.executable, "-c", PARQUET)
    assert re.search(r"Miriam Castellan +│ +2 │ \[de, en\]", shown), shown
    run(
        sys.executable,
        "-m",
        "services.search",
        "export",
        "data/index",
        "--format",
        "jsonl",
        "--output",
        "articles.jsonl",
    )
    assert run(sys.executable, "-c", JSON_LINES) == shown
