"""Everything that a query finds on OpenSearch as a stream, as it stood at one moment."""

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, TransportError

from shared.searchindex.document import Document
from shared.searchindex.opensearch_document import document_of

PAGE = 100  # documents in one answer: all of it is in memory at once
KEEP = "5m"  # how long the server keeps its view while the next page is not asked for


def scan(client: OpenSearch, alias: str, wanted: dict[str, Any]) -> Generator[Document, None, None]:
    """The documents that `wanted`, in OpenSearch's query language, finds, by time and id.

    They come from a point in time (https://docs.opensearch.org/latest/search-plugins/searching-data/point-in-time/):
    what is written meanwhile changes nothing of it. A shard that cannot be read is an error and not less.

    Raises:
        TransportError: the server cannot answer, or nobody asked for the next page for KEEP; what was given until then
            is not all.
    """
    whole = {"keep_alive": KEEP, "allow_partial_pit_creation": "false"}
    try:
        view = client.create_pit(index=alias, params=whole)["pit_id"]
    except NotFoundError as error:
        if error.error != "index_not_found_exception":
            raise
        return  # nothing was ever written
    body = {
        "pit": {"id": view, "keep_alive": KEEP},
        "query": wanted,
        "size": PAGE,
        "sort": [{"order": "asc"}],  # time and id: no two documents share it
        "_source": ["document"],
        "track_total_hits": False,
    }
    try:
        while hits := client.search(body=body, params={"allow_partial_search_results": "false"})["hits"]["hits"]:
            for hit in hits:
                yield document_of(hit)
            body["search_after"] = hits[-1]["sort"]
    finally:
        with suppress(TransportError):  # it ends by itself
            client.delete_pit(body={"pit_id": [view]})
