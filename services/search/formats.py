"""A page of results for machines: JSON, JSON lines, CSV and Atom. Plain functions from results to text."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.search.names import facet_name, html_lang
from shared import codec
from shared.searchindex.document import Document
from shared.searchindex.query import Hit, Results

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Everything that the Char production of XML 1.0 (section 2.2) leaves out.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a spreadsheet takes for a formula: OWASP, "CSV Injection" (full-width signs included).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def web_link(url: str) -> str:
    """The URL where it is http or https and so safe to follow, else nothing."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def _hit(hit: Hit) -> dict[str, Any]:
    document, article = hit.document, hit.document.article
    return {
        "id": document.id,
        "revision": document.revision,
        "url": document.url,
        "title": hit.title,
        "snippet": hit.snippet,
        "lang": document.lang,
        "source": {"id": article.source.id, "name": article.source.name},
        "country": document.country,
        "authors": document.authors,
        "published_at": article.published_at,
        "time": document.time,
        "first_seen_at": document.first_seen_at,
        "score": hit.score,
        "article": f"/api/articles/{document.id}",
    }


def as_json(results: Results, next_page: str) -> bytes:
    """`{"total", "hits", "facets", "cursor", "next"}`; marks are half-open code-point ranges of the text beside them.

    Args:
        results: one page.
        next_page: the address of the next page, empty on the last one.
    """
    facets = {
        facet: [
            {"value": bucket.value, "name": facet_name(facet, bucket.value), "count": bucket.count}
            for bucket in buckets
        ]
        for facet, buckets in results.facets.items()
    }
    return msgspec.json.encode(
        {
            "total": results.total,
            "hits": [_hit(hit) for hit in results.hits],
            "facets": facets,
            "cursor": results.cursor,
            "next": next_page,
        }
    )


def as_jsonl(results: Results) -> bytes:
    """One article a line: the message of `article.enriched.v1`, whole."""
    return b"".join(codec.encode(hit.document.article) + b"\n" for hit in results.hits)


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _row(document: Document) -> dict[str, str]:
    article = document.article
    return {
        "id": document.id,
        "revision": str(document.revision),
        "url": document.url,
        "title": document.title,
        "lang": document.lang,
        "source": document.source,
        "site": document.site,
        "country": document.country,
        "authors": "; ".join(document.authors),
        "published_at": article.published_at or "",
        "modified_at": article.modified_at or "",
        "first_seen_at": document.first_seen_at.isoformat(),
        "agency": document.agency,
        "entities": "; ".join(document.entities),
        "keyphrases": "; ".join(document.keyphrases),
        "topics": "; ".join(document.topics),
        "summary": article.summary,
    }


COLUMNS = (  # as `_row` has them
    "id revision url title lang source site country authors published_at modified_at first_seen_at agency entities "
    "keyphrases topics summary"
).split()


def csv_rows(documents: Iterable[Document]) -> Iterator[str]:
    """RFC 4180 with a header line; several values of a cell are parted by `; `, formulas are quoted with `'`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")

    def written(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        row = out.getvalue()
        out.seek(0)
        out.truncate()
        return row

    yield written(COLUMNS)
    for document in documents:
        yield written(_cell(value) for value in _row(document).values())


def as_csv(results: Results) -> str:
    """A page of results as `csv_rows`."""
    return "".join(csv_rows(hit.document for hit in results.hits))


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _entry(hit: Hit, base: str) -> ET.Element:
    document, article = hit.document, hit.document.article
    entry = ET.Element("entry")
    if lang := html_lang(document.lang):
        entry.set(XML_LANG, lang)
    _add(entry, "id", f"urn:wireroom:article:{document.id}")
    _add(entry, "title", document.title or document.url, type="text")
    _add(entry, "updated", article.fetched_at.isoformat())
    if article.published_at is not None:
        _add(entry, "published", document.time.isoformat())
    for author in document.authors:
        _add(_add(entry, "author"), "name", author)
    if web_link(document.url):
        _add(entry, "link", rel="alternate", href=_NOT_XML.sub("", document.url))
    _add(entry, "link", rel="related", href=f"{base}/articles/{document.id}", title="In Wireroom")
    for keyphrase in document.keyphrases:
        _add(entry, "category", term=_NOT_XML.sub("", keyphrase))
    _add(entry, "summary", hit.snippet.text or article.summary, type="text")
    return entry


def as_atom(results: Results, title: str, base: str, here: str, next_page: str) -> bytes:
    """An Atom feed (RFC 4287, paging by RFC 5005) of one page of results.

    Args:
        results: one page.
        title: of the feed.
        base: `scheme://host:port` of this server.
        here: the path and query of this feed.
        next_page: the path and query of the next page, empty on the last one.
    """
    feed = ET.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", base + here)
    _add(feed, "title", title, type="text")
    latest = max((hit.document.article.fetched_at for hit in results.hits), default=datetime.fromtimestamp(0, UTC))
    _add(feed, "updated", latest.isoformat())
    _add(_add(feed, "author"), "name", "Wireroom")  # required where an entry has no author of its own
    _add(feed, "link", rel="self", type="application/atom+xml", href=base + here)
    if next_page:
        _add(feed, "link", rel="next", type="application/atom+xml", href=base + next_page)
    feed.extend(_entry(hit, base) for hit in results.hits)
    encoded: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return encoded
