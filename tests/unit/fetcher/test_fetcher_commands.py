"""`python -m services.fetcher ...`: one JSON line per answer, in order; what cannot be used is named."""

import json
from pathlib import Path

import pytest

from services.fetcher.__main__ import main
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store

RSS = """<rss version="2.0"><channel><title>N</title>
<item><title>One</title><link>/1</link><guid>a</guid><pubDate>Sun, 22 Nov 2026 08:30:00 +0200</pubDate></item>
<item><title>No link</title></item></channel></rss>"""


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_feed_prints_every_entry_and_names_what_is_no_feed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    feed, other, missing = tmp_path / "feed.xml", tmp_path / "page.html", tmp_path / "missing"
    feed.write_text(RSS, encoding="utf-8")
    other.write_text("<html><body>x</body></html>", encoding="utf-8")
    assert main(["feed", str(other), str(feed), str(missing), "http://127.0.0.1:1/"]) == 0
    out, err = capsys.readouterr()
    assert lines(out) == [
        {"source": str(feed), "title": "One", "link": "/1", "id": "a", "published": "2026-11-22T08:30:00+02:00"},
        {"source": str(feed), "title": "No link", "link": "", "id": "", "published": None},
    ]
    assert [line.split(": ")[0] for line in err.splitlines()] == [str(other), str(missing), "http://127.0.0.1:1/"]
    assert "an HTML page" in err
    assert "No such file" in err
    assert "address" in err


def test_feed_fails_when_nothing_could_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["feed", str(tmp_path / "missing")]) == 1
    assert capsys.readouterr().out == ""


def test_robots_and_guard_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    robots = tmp_path / "robots.txt"
    robots.write_text("User-agent: *\nDisallow: /a\n", encoding="utf-8")
    assert main(["robots", str(robots), "--agent", "wireroom", "https://x.example/a", "https://x.example/b"]) == 0
    assert [line["allowed"] for line in lines(capsys.readouterr().out)] == [False, True]
    assert main(["guard", "--", "http://10.0.0.1/"]) == 0
    (line,) = lines(capsys.readouterr().out)
    assert (line["url"], line["verdict"]) == ("http://10.0.0.1/", "deny")


def test_sources_list_tells_what_the_store_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nid = "a"\nname = "A"\nfeeds = ["https://A.example/f#x"]\n', encoding="utf-8")
    monkeypatch.setenv("WIREROOM_SOURCES_FILE", str(file))
    monkeypatch.setenv("WIREROOM_DATA_FOLDER", str(tmp_path / "data"))
    assert main(["sources", "list"]) == 0
    (before,) = lines(capsys.readouterr().out)
    assert before["feeds"] == [{"url": "https://a.example/f"}]
    running = Store(tmp_path / "data")  # the lease is taken: listing works beside a running fetcher
    running.adopt([SourceConfig(id="a", feeds=("https://a.example/f",))], 1_795_000_000.0)
    assert main(["sources", "list"]) == 0
    running.close()
    (after,) = lines(capsys.readouterr().out)
    (feed,) = after["feeds"]  # type: ignore[misc]
    assert feed["due_at"] == "2026-11-18T11:06:40+00:00"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("WIREROOM_SOURCES_FILE", "/nowhere/sources.toml", "cannot be read"),
        ("WIREROOM_FEED_ENTRIES", "many", "WIREROOM_FEED_ENTRIES='many'"),
    ],
)
def test_what_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, words: str
):
    monkeypatch.setenv(variable, value)
    assert main(["sources", "list"]) == 2
    assert words in capsys.readouterr().err


def test_sniff_says_what_things_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    things = {
        "feed": b"<rss version='2.0'><channel><title>News</title><item><title>One</title></item></channel></rss>",
        "map": b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/1</loc></url></urlset>",
        "page": b"""<!doctype html><html><head><base href="https://a.example/x/"><link rel=stylesheet href=s.css>
            <link rel="alternate" type="application/rss+xml" title="News &amp; more" href="rss"><link rel="alternate"
            hreflang=de href=de><link rel="Alternate" type="application/feed+json; charset=utf-8" href="/f.json">""",
        "image": b"\x89PNG\r\n\x1a\n\x00\x00",
    }
    for name, body in things.items():
        (tmp_path / name).write_bytes(body)
    assert main(["sniff", *(str(tmp_path / name) for name in things), str(tmp_path / "missing")]) == 0
    out, err = capsys.readouterr()
    feed, sitemap, page, image = lines(out)
    assert (feed["kind"], feed["title"], feed["entries"]) == ("feed", "News", 1)
    assert (sitemap["kind"], sitemap["entries"]) == ("sitemap", 1)
    assert page["kind"] == "page"
    assert page["feeds"] == [
        {"url": "https://a.example/x/rss", "title": "News & more"},
        {"url": "https://a.example/f.json", "title": ""},
    ]
    assert image["kind"] == "nothing"
    assert "No such file" in err
