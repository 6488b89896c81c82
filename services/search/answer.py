"""From URL parameters to a page of results, counted once whatever happens."""

import time

from services.search.filters import query_of
from services.search.links import Params
from services.search.parse import BadQuery
from shared.observe.metrics import SEARCH_DURATION, SEARCHES
from shared.searchindex.index import SearchIndex, Unavailable
from shared.searchindex.query import BadCursor, Query, Results


def answer(index: SearchIndex, params: Params) -> tuple[Query, Results]:
    """The query that the parameters of a search mean, and its results.

    Raises:
        BadQuery: says which parameter is wrong, where and why.
        Unavailable: the index cannot answer now.
    """
    started = time.perf_counter()
    outcome = "ok"
    try:
        query = query_of(params)
        return query, index.search(query)
    except BadQuery:
        outcome = "bad_query"
        raise
    except BadCursor:
        outcome = "bad_query"
        raise BadQuery("this cursor belongs to another search: start on the first page", 0, "cursor") from None
    except Unavailable:
        outcome = "unavailable"
        raise
    finally:
        SEARCHES.labels(outcome).inc()
        SEARCH_DURATION.observe(time.perf_counter() - started)
