"""Where the next page begins, as text that a client hands back untouched."""

import base64
from hashlib import blake2b
from typing import TypeVar

import msgspec

from shared.searchindex.query import BadCursor, Query

P = TypeVar("P")


def _signature(query: Query) -> str:
    """The same for every page of one search: the query without what may change from page to page."""
    same = msgspec.structs.replace(query, cursor="", size=0, facets=(), facet_size=0)
    return blake2b(msgspec.json.encode(same), digest_size=6).hexdigest()


def write(query: Query, position: object) -> str:
    """The cursor for the page of this search that begins behind `position`."""
    raw = msgspec.json.encode((_signature(query), position))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(query: Query, position: type[P]) -> P | None:
    """The position in the query's cursor; None on the first page.

    Raises:
        BadCursor: not a cursor of ours, or of another search.
    """
    if not query.cursor:
        return None
    try:
        padded = query.cursor.encode("ascii") + b"=" * (-len(query.cursor) % 4)
        signature, raw = msgspec.json.decode(
            base64.b64decode(padded, b"-_", validate=True), type=tuple[str, msgspec.Raw]
        )
        found = msgspec.json.decode(raw, type=position)
    except (ValueError, msgspec.DecodeError) as error:  # UnicodeError and binascii.Error are ValueErrors
        raise BadCursor(f"not a cursor of ours: {error}") from None
    if signature != _signature(query):
        raise BadCursor("this cursor belongs to another query: start again without one")
    return found
