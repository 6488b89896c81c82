"""What every engine keeps of a document beside its own fields: the whole of it as bytes, and its place in time."""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from shared.searchindex.document import Document

ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
ORDER_KEY = r"^[0-9a-f]{48}$"
_BEGIN = datetime(1, 1, 1, tzinfo=UTC)
_decoder = msgspec.json.Decoder(Document)


class Unindexable(ValueError):
    """This document can never stand in an index; says why."""


def encode(document: Document) -> bytes:
    """The document as JSON.

    Raises:
        Unindexable: the id is none of ours, or the document holds half a surrogate pair, of which no bytes can be made.
    """
    if not ARTICLE_ID.fullmatch(document.id):
        raise Unindexable(f"{document.id!r} is no article id: 32 hexadecimal digits")
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise Unindexable(str(error)) from None


def decode(data: bytes) -> Document:
    return _decoder.decode(data)


def time_key(time: datetime) -> str:
    """Aware times as text that sorts like them: hexadecimal microseconds since the year 1."""
    return f"{(time - _BEGIN) // timedelta(microseconds=1):016x}"


def order_key(document: Document) -> str:
    """What newest-first and oldest-first sort by: the time, then the id, so that no two documents are equal."""
    return time_key(document.time) + document.id


def facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    """The values of each facet, each once."""
    values: dict[str, tuple[str, ...]] = {
        "lang": (document.lang,),
        "source": (document.source,),
        "country": (document.country,),
        "entity": document.entities,
        "keyphrase": document.keyphrases,
    }
    return {facet: tuple(dict.fromkeys(value for value in given if value)) for facet, given in values.items()}
