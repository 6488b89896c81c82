"""One search of the embedded index: a page of hits, the facets over all of them, and the cursor to the next page."""

from collections.abc import Generator, Sequence
from typing import Annotated, Any

import tantivy
from msgspec import Meta, Struct
from tantivy import Order

from shared.searchindex import cursor, embedded_schema, highlight
from shared.searchindex.document import Document
from shared.searchindex.embedded_query import arrived_until, between, both, found_by
from shared.searchindex.index import Unavailable
from shared.searchindex.query import FACET_FIELDS, BadCursor, Bucket, Hit, Query, Results, ranks
from shared.searchindex.stored import ORDER_KEY, order_key

PAGE = 1_000  # documents that a scan looks up at once; they are read one by one
ALL_VALUES = 1_000_000  # different values of a facet in one segment; up to here counts are exact
TIES = 100  # values asked for beyond those wanted, so that equal counts at the end of the list come out in order

_OrderKey = Annotated[str, Meta(pattern=ORDER_KEY)]
_Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]


class _Place(Struct):
    """Of a page by relevance: how many hits were shown before, and the newest arrival when the first page was."""

    shown: _Count
    arrival: _Count


def search(index: tantivy.Index, query: Query) -> Results:
    """Answers a query from the index as it is at this moment.

    Raises:
        BadCursor: the cursor is not one of ours.
        Unavailable: the folder cannot be read.
    """
    if unknown := set(query.facets) - set(FACET_FIELDS):
        raise ValueError(f"no facets: {sorted(unknown)}")
    by_relevance = query.sort == "relevance" and ranks(query.root)
    try:
        searcher = index.searcher()
        found = found_by(index, query)
        page = _by_relevance(searcher, found, query) if by_relevance else _by_time(index, searcher, found, query)
        return Results(
            total=count(searcher, found), hits=tuple(page[0]), facets=_facets(searcher, found, query), cursor=page[1]
        )
    except BadCursor:
        raise
    except (ValueError, OSError) as error:
        raise Unavailable(str(error)) from error


def scan(index: tantivy.Index, query: Query) -> Generator[Document, None, None]:
    """Everything that the query finds by its order key, as the index is at this moment.

    The searcher holds the segments of this moment, whatever is committed, merged or deleted afterwards, in whatever
    process.

    Raises:
        Unavailable: the folder cannot be read.
    """
    try:
        searcher = index.searcher()
        every = found = found_by(index, query)
        while hits := searcher.search(found, PAGE, count=False, order_by_field="order", order=Order.Asc).hits:
            for _, address in hits:
                yield embedded_schema.document_of(searcher.doc(address))
            found = both(every, between(index, f"{{{hits[-1][0]} TO *}}"))
    except (ValueError, OSError) as error:
        raise Unavailable(str(error)) from error


def count(searcher: tantivy.Searcher, found: tantivy.Query) -> int:
    """How many documents a query finds."""
    result: Any = searcher.search(found, 1)
    return int(result.count)  # which tantivy's own type stub forgets


def _by_time(
    index: tantivy.Index, searcher: tantivy.Searcher, found: tantivy.Query, query: Query
) -> tuple[list[Hit], str]:
    """The page behind the document with the order key `last`.

    No two documents have the same key, so none is skipped or repeated, whatever arrives between two pages.
    """
    last = cursor.read(query, _OrderKey)
    newest_first = query.sort != "oldest"
    if last is not None:
        found = both(found, between(index, f"{{* TO {last}}}" if newest_first else f"{{{last} TO *}}"))
    order = Order.Desc if newest_first else Order.Asc
    page = searcher.search(found, query.size + 1, count=False, order_by_field="order", order=order).hits
    hits = _hits(searcher, [(0.0, address) for _, address in page[: query.size]], query)
    more = hits and len(page) > query.size
    return hits, cursor.write(query, order_key(hits[-1].document)) if more else ""


def _by_relevance(searcher: tantivy.Searcher, found: tantivy.Query, query: Query) -> tuple[list[Hit], str]:
    """The page at an offset among the articles that had come when the first page was asked for.

    Scores shift a little as articles arrive, so two close ones may change places between two pages; exact paging is
    what the time orders are for.
    """
    place = cursor.read(query, _Place) or _Place(0, newest_arrival(searcher))
    then = both(found, arrived_until(place.arrival))
    page = searcher.search(then, query.size + 1, count=False, offset=place.shown).hits
    hits = _hits(searcher, page[: query.size], query)
    more = hits and len(page) > query.size
    return hits, cursor.write(query, _Place(place.shown + query.size, place.arrival)) if more else ""


def newest_arrival(searcher: tantivy.Searcher) -> int:
    """The highest arrival number in the index, 0 in an empty one."""
    hits = searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field="arrival").hits
    return hits[0][0] if hits else 0


def _hits(searcher: tantivy.Searcher, scored: Sequence[tuple[float, tantivy.DocAddress]], query: Query) -> list[Hit]:
    in_title, in_text = highlight.needles(query.root, "title"), highlight.needles(query.root, "text")
    found = [(score, embedded_schema.document_of(searcher.doc(address))) for score, address in scored]
    return [highlight.hit(document, score, in_title, in_text) for score, document in found]


def _facets(searcher: tantivy.Searcher, found: tantivy.Query, query: Query) -> dict[str, tuple[Bucket, ...]]:
    """The most frequent values over everything found, ties in the order of their values."""
    if not query.facets:
        return {}
    asked = {"size": query.facet_size + TIES, "segment_size": ALL_VALUES}
    answer = searcher.aggregate(found, {name: {"terms": {"field": name, **asked}} for name in query.facets})
    facets = {}
    for name in query.facets:
        buckets = [Bucket(found["key"], found["doc_count"]) for found in answer[name]["buckets"]]
        buckets.sort(key=lambda bucket: (-bucket.count, bucket.value))
        facets[name] = tuple(buckets[: query.facet_size])
    return facets
