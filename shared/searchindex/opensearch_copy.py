"""Everything in the index as a stream: what a backup holds, and what moves to another server."""

from collections.abc import Iterator

from opensearchpy import OpenSearch

from shared import codec
from shared.searchindex.opensearch_scan import scan


def articles(client: OpenSearch, alias: str) -> Iterator[bytes]:
    """Every article as it stands at this moment, withdrawn ones too, encoded as on `article.enriched.v1`.

    Raises:
        OpenSearchException: the server cannot answer; what was given until then is not all.
    """
    client.indices.refresh(index=alias, params={"ignore_unavailable": "true"})
    for document in scan(client, alias, {"match_all": {}}):
        yield codec.encode(document.article)
