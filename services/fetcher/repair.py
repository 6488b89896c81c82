"""Feed documents as they come, to XML that strict parsers read: unpacked, in UTF-8, without entities of its own."""

import re
import zlib
from html.entities import html5

from services.fetcher.charset import to_text
from services.fetcher.decode import Undecodable

_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]*)")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s*>")
_AMPERSAND = re.compile(rb"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))


class NotAFeed(ValueError):
    """The document is neither feed nor sitemap, or is built to exhaust its parser. The message says what it is."""


def unpacked(body: bytes, limit: int) -> bytes:
    """The content of a gzip file, as sitemaps often are whatever their headers say; other documents as they are.

    Raises:
        NotAFeed: a broken gzip file, or over `limit` bytes.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        content = zlib.decompressobj(wbits=31).decompress(body, limit + 1)
    except zlib.error as error:
        raise NotAFeed(f"a broken gzip file ({error})") from None
    if len(content) > limit:
        raise NotAFeed(f"over {limit} bytes when unpacked")
    return content


def mended_xml(body: bytes, charset: str) -> bytes:
    """The document in UTF-8 where it can be decoded, its DOCTYPE without declarations, its references readable.

    Args:
        body: a feed or sitemap, well-formed or not.
        charset: of the Content-Type header.
    """
    return _references(_without_internal_subset(_as_utf8(body, charset)))


def _as_utf8(body: bytes, charset: str) -> bytes:
    try:
        text, name = to_text(body, charset)
    except Undecodable:
        return body
    if name == "utf-8":
        return body
    found = _DECLARED.match(text)
    return (f"{text[: found.start(1)]}utf-8{text[found.end(1) :]}" if found else text).encode()


def _without_internal_subset(body: bytes) -> bytes:
    doctype = _DOCTYPE.search(body)
    if doctype and body[doctype.end() : doctype.end() + 1] == b"[" and (end := _SUBSET_END.search(body, doctype.end())):
        return body[: doctype.start()] + body[end.end() :]
    return body


def _reference(found: re.Match[bytes]) -> bytes:
    name = found[1]
    if name is not None and (name.startswith(b"#") or name in _OF_XML):
        return found[0]
    characters = html5.get(f"{name.decode()};") if name else None
    return b"&amp;" + found[0][1:] if characters is None else "".join(f"&#{ord(c)};" for c in characters).encode()


def _references(body: bytes) -> bytes:
    """`Q&A` and `caf&eacute;` are no XML and common; parsers that recover from them lose the characters."""
    first, *sections = body.split(b"<![CDATA[")
    parts = [_AMPERSAND.sub(_reference, first)]
    for section in sections:
        characters, end, markup = section.partition(b"]]>")
        parts.append(characters + end + _AMPERSAND.sub(_reference, markup))
    return b"<![CDATA[".join(parts)
