"""Everything in the index as a stream: what a backup holds, and what moves to another server."""

from collections.abc import Iterator

from opensearchpy import OpenSearch

from shared import codec
from shared.searchindex.opensearch_document import document_of

PAGE = 200  # articles in one answer
KEEP = "5m"  # how long the server keeps its view for the next page


def articles(client: OpenSearch, alias: str) -> Iterator[bytes]:
    """Every article as it stands at this moment, withdrawn ones too, encoded as on `article.enriched.v1`.

    Raises:
        OpenSearchException: the server cannot answer; what was given until then is not all.
    """
    if not client.indices.exists_alias(name=alias):
        return  # nothing was ever written
    client.indices.refresh(index=alias)
    view = client.create_pit(index=alias, params={"keep_alive": KEEP})["pit_id"]
    body = {
        "pit": {"id": view, "keep_alive": KEEP},
        "size": PAGE,
        "sort": [{"order": "asc"}],  # time and id: no two articles share it
        "_source": ["document"],
    }
    try:
        while hits := client.search(body=body)["hits"]["hits"]:
            for hit in hits:
                yield codec.encode(document_of(hit).article)
            body["search_after"] = hits[-1]["sort"]
    finally:
        client.delete_pit(body={"pit_id": [view]})
