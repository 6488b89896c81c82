"""One search of OpenSearch: a page of hits, the facets over all of them, and the cursor to the next page."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError

from shared.searchindex import cursor, highlight
from shared.searchindex.opensearch_document import document_of
from shared.searchindex.opensearch_query import found_by
from shared.searchindex.query import FACET_FIELDS, Bucket, Hit, Query, Results, ranks
from shared.searchindex.stored import ORDER_KEY, order_key

WINDOW = 10_000  # hits by relevance that are paged through, the server's own default; the time orders have no end
EXACT_VALUES = 10_000  # different values of a facet in one monthly index; up to here counts are exact

_OrderKey = Annotated[str, Meta(pattern=ORDER_KEY)]
_Count = Annotated[int, Meta(ge=0, le=WINDOW)]


class _Place(Struct):
    """Of a page by relevance: how many hits were shown before, and the latest arrival among them all at first."""

    shown: _Count
    arrival: int


def search(client: OpenSearch, alias: str, query: Query) -> Results:
    """Answers a query.

    Raises:
        BadCursor: the cursor is not one of ours.
        TransportError: the server cannot answer.
    """
    if unknown := set(query.facets) - set(FACET_FIELDS):
        raise ValueError(f"no facets: {sorted(unknown)}")
    by_relevance = query.sort == "relevance" and ranks(query.root)
    place = (cursor.read(query, _Place) or _Place(0, -1)) if by_relevance else None
    body = _asked(query) | (_from_place(place, query) if place else _behind(query))
    answer = ask(client, alias, body)
    counted = answer.get("aggregations", {})
    found = answer["hits"]["hits"]
    hits = _hits(found[: query.size], query)
    return Results(
        total=int(counted["total"]["value"]) if counted else 0,
        hits=tuple(hits),
        facets={name: _buckets(counted, name) for name in query.facets},
        cursor=_next_page(query, place, counted, hits) if hits and len(found) > query.size else "",
    )


def ask(client: OpenSearch, alias: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer over every index behind the alias. Where one of them cannot be read, that is an error and not less.

    An alias without any index is an empty one.
    """
    try:
        answer: dict[str, Any] = client.search(body=body, index=alias, params={"allow_partial_search_results": "false"})
    except NotFoundError as error:
        if error.error != "index_not_found_exception":
            raise
        return {"hits": {"hits": [], "total": {"value": 0}}}
    return answer


def _asked(query: Query) -> dict[str, Any]:
    """What is asked for on every page. The total is counted, as later pages by relevance show a part of it."""
    facets = {
        name: {"terms": {"field": name, "size": query.facet_size, "shard_size": EXACT_VALUES}} for name in query.facets
    }
    counts = {"total": {"value_count": {"field": "order"}}, "arrival": {"max": {"field": "arrival"}}}
    return {
        "query": found_by(query),
        "size": query.size + 1,
        "_source": ["document"],
        "track_total_hits": False,
        "aggs": counts | facets,
    }


def _behind(query: Query) -> dict[str, Any]:
    """The page behind an order key. No two documents have the same: nothing is skipped or repeated."""
    last = cursor.read(query, _OrderKey)
    order = {"sort": [{"order": "asc" if query.sort == "oldest" else "desc"}]}
    return order | ({"search_after": [last]} if last else {})


def _from_place(place: _Place, query: Query) -> dict[str, Any]:
    """The page at an offset among the articles that had come when the first page was asked for."""
    page: dict[str, Any] = {"sort": [{"_score": "desc"}, {"order": "desc"}], "from": place.shown}
    page["size"] = min(query.size + 1, WINDOW - place.shown)
    return page | ({"post_filter": {"range": {"arrival": {"lte": place.arrival}}}} if place.shown else {})


def _next_page(query: Query, place: _Place | None, counted: dict[str, Any], hits: list[Hit]) -> str:
    if place is None:
        return cursor.write(query, order_key(hits[-1].document))
    arrival = place.arrival if place.shown else int(counted["arrival"]["value"])
    return cursor.write(query, _Place(place.shown + len(hits), arrival))


def _hits(found: list[dict[str, Any]], query: Query) -> list[Hit]:
    in_title, in_text = highlight.needles(query.root, "title"), highlight.needles(query.root, "text")
    return [highlight.hit(document_of(one), one.get("_score") or 0.0, in_title, in_text) for one in found]


def _buckets(counted: dict[str, Any], facet: str) -> tuple[Bucket, ...]:
    return tuple(Bucket(one["key"], one["doc_count"]) for one in counted.get(facet, {}).get("buckets", ()))
