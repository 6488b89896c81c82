"""Files to articles on standard output, in the format that was asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.local.__main__ import main
from shared.codec import decode
from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import ninjs
from shared.messages import EnrichedArticle
from tests.fixtures.ninjs_schema import NEEDS_SCHEMA, NinjsSchema

ROOT = Path(__file__).parents[3]
ARTICLES = ROOT / "tests" / "fixtures" / "articles"
COMMAND = [sys.executable, "-m", "services.local"]
PAGES = len(list(ARTICLES.glob("*/page.*")))

Printed = dict[str, list[bytes]]


@pytest.fixture(scope="module")
def printed() -> Printed:
    """What the golden articles are printed as, by option, a line each."""
    found = {}
    for options in ("--json", "--format json", "--format ninjs", "--format newsarticle"):
        run = subprocess.run([*COMMAND, str(ARTICLES), *options.split()], cwd=ROOT, capture_output=True, check=True)
        found[options] = run.stdout.splitlines()
        assert f"read {PAGES} = printed {len(found[options])} +" in run.stderr.decode()
    return found


@pytest.mark.slow
def test_json_is_the_message_of_the_last_topic(printed: Printed) -> None:
    assert printed["--json"] == printed["--format json"]
    for line in printed["--json"]:
        assert decode(line, EnrichedArticle).text


@pytest.mark.slow
@pytest.mark.parametrize(("name", "mapping"), [("ninjs", ninjs), ("newsarticle", newsarticle)])
def test_a_standard_is_the_mapping_of_the_same_articles(printed: Printed, name: str, mapping: Any) -> None:
    wanted = [mapping(decode(line, EnrichedArticle)) for line in printed["--json"]]
    assert [json.loads(line) for line in printed[f"--format {name}"]] == wanted


@pytest.mark.slow
@NEEDS_SCHEMA
def test_ninjs_is_valid(printed: Printed) -> None:
    schema = NinjsSchema()
    assert not [error for line in printed["--format ninjs"] for error in schema.errors(json.loads(line))]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xml"], "argument --format: invalid choice: 'xml' (choose from 'json', 'ninjs', 'newsarticle')"),
        (["--format"], "argument --format: expected one argument"),
        (["--json", "--format", "ninjs"], "argument --format: not allowed with argument --json"),
    ],
)
def test_a_format_that_is_none_is_refused(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(ARTICLES), *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_run_without_a_word() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as out:
        process = subprocess.Popen([*COMMAND, str(ARTICLES), "--json"], cwd=ROOT, stdout=out, stderr=subprocess.PIPE)
    os.close(reading)
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (141, b"")
