"""A document as OpenSearch takes it: the two lines of one action of a bulk request."""

from datetime import UTC
from typing import Any

import msgspec

from shared.searchindex import keywords, reading, stored
from shared.searchindex.document import Document
from shared.searchindex.opensearch_template import ANALYZERS, OTHER
from shared.searchindex.stems import language


def action(document: Document, index: str, arrival: int) -> bytes:
    """Writes the document into `index` unless a newer revision stands there.

    Raises:
        Unindexable: says why it can never be indexed.
    """
    head = {"_index": index, "_id": document.id, "version": document.revision, "version_type": "external_gte"}
    fields = _kept(document, arrival) | ({} if document.withdrawn else _found(document))
    return b"%s\n%s\n" % (msgspec.json.encode({"index": head}), msgspec.json.encode(fields))


def document_of(hit: dict[str, Any]) -> Document:
    """The document of a hit that came with its `_source`."""
    return msgspec.convert(hit["_source"]["document"], Document)


def _kept(document: Document, arrival: int) -> dict[str, Any]:
    """What a withdrawn document has too."""
    return {
        "revision": document.revision,
        "generation": document.generation,
        "live": not document.withdrawn,
        "arrival": arrival,
        "order": stored.order_key(document),
        "time": document.time.astimezone(UTC),
        "first_seen_at": document.first_seen_at.astimezone(UTC),
        "document": msgspec.Raw(stored.encode(document)),
    }


def _found(document: Document) -> dict[str, Any]:
    """What can be searched, filtered and counted; nothing that is empty."""
    code = language(document.lang)
    analyzed = code if code in ANALYZERS else OTHER
    fields: dict[str, Any] = {
        "filter": keywords.terms(document),
        "url": document.url,
        "site": document.site,
        "author": document.authors,
        "topic": document.topics,
        "agency": document.agency,
        "day": document.day,
        "words": reading.read(document),
        "title": {analyzed: document.title},
        "text": {analyzed: document.text},
    }
    fields |= stored.facet_values(document)
    return {name: value for name, value in fields.items() if value}
