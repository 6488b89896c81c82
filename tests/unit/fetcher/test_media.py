"""What a body is: the first bytes decide, then the header."""

import time

import pytest

from services.fetcher.media import content_type, kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ("", "")),
        ("text/html", ("text/html", "")),
        ("Text/HTML; Charset=UTF-8", ("text/html", "utf-8")),
        ('text/html;charset="windows-1251"; x=y', ("text/html", "windows-1251")),
        ("text/xml; version=1; charset = koi8-r ", ("text/xml", "koi8-r")),
        ("text/html, text/plain;charset=utf-8", ("text/html", "utf-8")),
        (";charset=utf-8", ("", "utf-8")),
        ('text/html; charset=""', ("text/html", "")),
    ],
)
def test_content_type_headers(value, expected):
    assert content_type(value) == expected


RSS = b'<?xml version="1.0"?><?xml-stylesheet href="x"?><!-- news --><rss version="2.0"></rss>'


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (RSS, "application/rss+xml", "feed"),
        (RSS, "text/html", "feed"),
        (b"\xef\xbb\xbf\n" + RSS, "", "feed"),
        (RSS.decode().encode("utf-16"), "text/xml", "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', "text/plain", "feed"),
        (b'<atom:feed xmlns:atom="x">', "", "feed"),
        (b"<rdf:RDF>", "application/xml", "feed"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>', "application/xml", "feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "application/json", "feed"),
        (b'{"title": "x", "version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', "", "feed"),
        (b'{"version": 1}', "application/json", ""),
        (b'<urlset xmlns="x">', "text/xml", "sitemap"),
        (b"<sitemapindex>", "text/html", "sitemap"),
        (b"<!doctype html><html lang=en>", "", "html"),
        (b"<!DOCTYPE html><!-- x --><HTML>", "text/plain", "html"),
        (b'<?xml version="1.0"?><html xmlns="x">', "application/xhtml+xml", "html"),
        (b"<p>no root at all", "text/html", "html"),
        (b"<p>no root at all", "", "html"),
        (b"just words", "text/html", "html"),
        (b"a stray \x00 in a long page " * 20, "text/html", ""),
        (b"a stray \x00 in a long page" + b" of words" * 400, "text/html", "html"),
        (b"just words", "text/plain", "text"),
        (b"a < b, as they say", "text/plain", "text"),
        (b"just words", "", ""),
        (b"just words", "image/png", ""),
        (b"\x89PNG\r\n\x1a\n", "text/html", ""),
        (b"%PDF-1.7 words", "text/html", ""),
        (b"<svg>", "image/svg+xml", ""),
        (b"<other/>", "application/xml", ""),
        (b"", "text/html", "html"),
        (b"", "", ""),
    ],
)
def test_kinds(body, media_type, expected):
    assert kind(body, media_type) == expected


@pytest.mark.parametrize(
    "start", [b"<!--", b"<?", b"<!doctype", b"<!doctype [", b" ", b"{", b"<!-- -->", b'{"version"']
)
def test_long_prologues_cost_little(start):
    before = time.process_time()
    for media_type in ("", "text/html"):
        kind(start * 500_000, media_type)
    assert time.process_time() - before < 0.5
