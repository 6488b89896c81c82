"""Files that people have: each page comes out once, or says why not."""

import gzip
import json
from pathlib import Path

import pytest

from services.local.inputs import Input, Unreadable, find, read
from shared.messages import RawArticle

PAGE = "<html><head><title>Ein Tag am Meer</title></head><body><p>Möwen über dem Hafen.</p></body></html>"


def pages(*arguments: Path) -> list[Input]:
    found: list[Input] = []
    for item in find(list(arguments)):
        found += [item] if isinstance(item, Unreadable) else list(read(*item))
    return found


def test_html_and_text_files_of_a_folder_come_in_order_of_their_paths(tmp_path: Path):
    (tmp_path / "b.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "a.txt").write_text("Only text.", encoding="utf-8")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    text, html = pages(tmp_path)
    assert isinstance(text, RawArticle)
    assert isinstance(html, RawArticle)
    assert (text.media_type, text.source.path) == ("text/plain", "a.txt")
    assert (html.media_type, html.content) == ("text/html", PAGE)
    assert html.url.startswith("urn:wireroom:file:")


def test_the_same_page_is_the_same_article_wherever_it_lies(tmp_path: Path):
    for name in ("one.html", "two.html"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    first, second = pages(tmp_path)
    assert isinstance(first, RawArticle)
    assert isinstance(second, RawArticle)
    assert first.article_id == second.article_id


def test_jsonl_lines_are_html_or_text_and_bad_ones_are_named_by_line(tmp_path: Path):
    lines = [
        json.dumps({"url": "https://example.org/a", "html": PAGE}),
        "not json",
        json.dumps({"url": "https://example.org/b"}),
        json.dumps({"text": "No address."}),
        json.dumps({"url": "no address", "text": "An address that is none."}),
        "[1, 2]",
    ]
    with gzip.open(tmp_path / "pages.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    found = pages(tmp_path / "pages.jsonl.gz")
    assert [type(page) for page in found] == [RawArticle, Unreadable, Unreadable, RawArticle, RawArticle, Unreadable]
    assert [page.path for page in found if isinstance(page, Unreadable)] == [
        f"pages.jsonl.gz:{number}" for number in (2, 3, 6)
    ]


def test_a_legacy_charset_is_read_and_a_hopeless_file_is_unreadable(tmp_path: Path):
    (tmp_path / "cyrillic.html").write_bytes(
        '<html><head><meta charset="windows-1251"></head><body><p>Порт открыт</p></body></html>'.encode("cp1251")
    )
    (tmp_path / "unknown.html").write_bytes(b'<meta charset="x-nothing"><p>\xff\xfe\xfd\x80\x81</p>')
    good, bad = pages(tmp_path)
    assert isinstance(good, RawArticle)
    assert "Порт открыт" in good.content
    assert isinstance(bad, Unreadable)
    assert "x-nothing" in bad.why


def warc(path: Path, *records: tuple[str, bytes]) -> None:
    with gzip.open(path, "wb") as file:
        for number, (url, payload) in enumerate(records):
            head = (
                f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
                f"WARC-Date: 2026-11-20T08:00:00Z\r\nWARC-Target-URI: {url}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
            )
            file.write(head.encode() + payload + b"\r\n\r\n")


def test_warc_gives_pages_with_their_address_and_date(tmp_path: Path):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Robots-Tag: noarchive\r\n\r\n"
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG"
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone</p>"
    warc(
        tmp_path / "crawl.warc.gz",
        ("https://example.org/a", head + PAGE.encode()),
        ("https://example.org/i.png", picture),
        ("https://example.org/gone", missing),
    )
    (page,) = pages(tmp_path / "crawl.warc.gz")
    assert isinstance(page, RawArticle)
    assert (page.url, page.source.channel, page.content) == ("https://example.org/a", "warc", PAGE)
    assert page.http.robots == ("noarchive",)
    assert page.fetched_at.isoformat() == "2026-11-20T08:00:00+00:00"
    assert page.revision == int(page.fetched_at.timestamp() * 1000)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("missing.html", None, "no such file"),
        ("picture.png", b"PNG", "not a kind"),
        ("broken.jsonl.gz", b"\x1f\x8b\x08\x00broken", ""),
        ("broken.warc.gz", b"\x1f\x8b\x08\x00broken", ""),
        ("empty.jsonl", b"\n\n", "holds no page"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, name: str, content: bytes | None, why: str):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (found,) = pages(tmp_path / name)
    assert isinstance(found, Unreadable)
    assert why in found.why
