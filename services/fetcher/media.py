"""What a body is: an HTML page, plain text, a feed, a sitemap, or nothing for us."""

import re
from typing import Literal

Kind = Literal["html", "text", "feed", "sitemap", ""]

_PARAMETER = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|([^;,\s]+))", re.IGNORECASE)
_START = 4096  # bytes; prologues with stylesheets and comments are longer than one would think
# Everything that may stand before the first element: white space, byte order mark, comments, processing instructions,
# the document type.
_PROLOGUE = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*(?:\[[^\]]*\]\s*)?>)*", re.DOTALL | re.I
)
_ROOT = re.compile(rb"<(?:[a-z][\w.-]*:)?(rss|rdf|feed|urlset|sitemapindex|html|head|body)\b", re.IGNORECASE)
_ROOTS: dict[bytes, Kind] = {
    b"rss": "feed", b"rdf": "feed", b"feed": "feed",
    b"urlset": "sitemap", b"sitemapindex": "sitemap",
    b"html": "html", b"head": "html", b"body": "html",
}  # fmt: skip
_JSON_FEED = re.compile(rb"\s*\{.*?\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org\\?/version", re.DOTALL)
_ANY_ELEMENT = re.compile(rb"\s*<(?:!doctype html|[a-z][a-z0-9]*[\s>])", re.IGNORECASE)
# What no text starts with (PDF, PNG, GIF, JPEG, ZIP, RIFF, gzip), and the bytes that no text holds many of (WHATWG MIME
# Sniffing, section 3: binary data bytes).
_MAGIC = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF", b"\x1f\x8b")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def content_type(value: str) -> tuple[str, str]:
    """A Content-Type header as (media type, charset), lower case, empty where it says nothing."""
    charset = _PARAMETER.search(value)
    return re.split("[;,]", value)[0].strip().lower(), (charset[1] or charset[2] or "").lower() if charset else ""


def kind(body: bytes, media_type: str) -> Kind:
    """What the body is, by its first bytes and, where they leave it open, by its media type.

    Feeds are served as text/html, text/plain and worse, so a root element counts more than the header does. The empty
    string is an answer too: an image, a PDF, a program, nothing.
    """
    start = body[:_START]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode()
    prologue = _PROLOGUE.match(start)
    root = _ROOT.match(start, prologue.end() if prologue else 0)
    if root:
        return _ROOTS[root[1].lower()]
    if _JSON_FEED.match(start):
        return "feed"
    if start.startswith(_MAGIC) or len(_BINARY.findall(start)) > len(start) // 100:
        return ""
    if media_type in _HTML_TYPES or (not media_type and _ANY_ELEMENT.match(start)):
        return "html"
    return "text" if media_type == "text/plain" else ""
