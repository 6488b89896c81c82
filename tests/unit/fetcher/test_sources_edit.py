"""Changing the sources: only what is meant changes, what cannot be used is never written, OPML goes both ways."""

import json
import os
from pathlib import Path

import pytest

from services.fetcher.__main__ import main
from services.fetcher.opml import NotOpml, read_opml
from services.fetcher.sources import read_sources
from services.fetcher.sources_watch import SourcesWatch
from services.fetcher.state import Store

FILE = """# Our papers

[[source]]
id = "harbour"
name = "The \\"Harbour\\" Gazette" # old
feeds = ["https://harbour.example/rss"]

# The second one,
# with a comment.
[[source]]
id = "mill"
feeds = ["https://mill.example/feed"]
interval_min_seconds = 600
"""
OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Europe"><outline text="News &amp; Views" type="rss" xmlUrl="https://views.example/rss"/>
<outline type="rss" text="Harbour again" xmlUrl="https://HARBOUR.example:443/rss"/></outline>
<outline type="rss" title="News &amp; Views" xmlUrl="http://other.example/f"/>
<outline type="rss" text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "sources.toml"
    file.write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("WIREROOM_SOURCES_FILE", str(file))
    monkeypatch.setenv("WIREROOM_DATA_FOLDER", str(tmp_path / "data"))
    return file


def test_pause_and_resume_change_one_line_and_leave_no_trace(file: Path):
    assert main(["sources", "pause", "harbour"]) == 0
    assert [source.paused for source in read_sources(file)] == [True, False]
    assert main(["sources", "pause", "harbour"]) == 0
    assert file.read_text() == FILE.replace("[[source]]\n", "[[source]]\npaused = true\n", 1)
    assert main(["sources", "resume", "harbour"]) == 0
    assert file.read_text() == FILE


def test_remove_takes_the_source_and_leaves_its_neighbours_comment(file: Path):
    assert main(["sources", "remove", "harbour"]) == 0
    text = file.read_text()
    assert "harbour" not in text
    assert text.startswith("# Our papers")
    assert "# The second one,\n# with a comment.\n[[source]]" in text


def test_add_writes_a_source_that_reads_back(file: Path, capsys: pytest.CaptureFixture[str]):
    name = 'Zürich "Blatt" \\'
    assert main(["sources", "add", "https://blatt.example/rss", "--name", name]) == 0
    assert json.loads(capsys.readouterr().out) == {"id": "z-rich-blatt", "done": "add"}
    added = read_sources(file)[-1]
    assert (added.name, added.feeds) == (name, ("https://blatt.example/rss",))
    assert file.read_text().startswith(FILE)


def test_add_makes_the_first_file(file: Path):
    file.unlink()
    assert main(["sources", "add", "https://blatt.example/rss"]) == 0
    assert [source.id for source in read_sources(file)] == ["blatt-example-rss"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["remove", "nobody"], "no source 'nobody'. It has: harbour, mill."),
        (["add", "no address"], "no absolute URL"),
        (["add", "https://x.example/", "--id", "mill"], "stands twice"),
    ],
)
def test_what_cannot_be_done_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str], arguments, words: str):
    assert main(["sources", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert file.read_text() == FILE
    assert os.listdir(file.parent) == ["sources.toml"]


def test_the_last_source_stays(file: Path):
    assert main(["sources", "remove", "mill"]) == 0
    assert main(["sources", "remove", "harbour"]) == 2


def test_opml_comes_in_once_and_goes_out(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "in.opml").write_bytes(OPML)
    assert main(["sources", "import", str(tmp_path / "in.opml")]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["news-views", "news-views-2"]
    new = read_sources(file)[2]
    assert (new.name, new.feeds, new.tags) == ("News & Views", ("https://views.example/rss",), ("Europe",))
    before = file.read_text()
    assert main(["sources", "import", str(tmp_path / "in.opml")]) == 0
    assert file.read_text() == before
    capsys.readouterr()
    assert main(["sources", "export"]) == 0
    feeds = read_opml(capsys.readouterr().out.encode())
    assert [url for _, url, _ in feeds] == [url for source in read_sources(file) for url in source.feeds]


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<!DOCTYPE o [<!ENTITY a 'b'>]><opml>&a;</opml>"])
def test_what_is_no_opml_is_refused(body: bytes):
    with pytest.raises(NotOpml):
        read_opml(body)


def test_a_watch_notices_a_change_once_and_keeps_what_worked(file: Path):
    watch = SourcesWatch(file)
    assert watch.changed() is None
    file.write_text(FILE.replace("mill", "miller"), encoding="utf-8")
    assert [source.id for source in watch.changed() or ()] == ["harbour", "miller"]
    assert watch.changed() is None
    file.write_text("[[source]", encoding="utf-8")
    assert watch.changed() is None
    assert [source.id for source in watch.sources] == ["harbour", "miller"]


def test_explain_says_why(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "harbour"]) == 1
    store = Store(tmp_path / "data")
    store.adopt(read_sources(file), 1_795_000_000.0)
    capsys.readouterr()
    assert main(["explain", "harbour"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["feed"], line["why"]) == ("https://harbour.example/rss", ["it was never asked"])
    assert line["due_at"] == "2026-11-18T11:06:40+00:00"
    assert (line["robots"], line["guard"]) == ({"known": False}, "allow")
    assert main(["explain", "https://nobody.example/1"]) == 1
    store.close()
