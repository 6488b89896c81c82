"""What an operator can set on the indexer."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class IndexerSettings(Struct, frozen=True, kw_only=True):
    """Read from the environment: `WIREROOM_` and the upper-case field name."""

    indexer_engine: Annotated[
        Literal["opensearch", "embedded"],
        Meta(description="the search index: a server, or a folder that this process alone may hold"),
    ] = "opensearch"
    indexer_folder: Annotated[str, Meta(description="folder of the embedded index")] = "data/index"
    indexer_retry_first_seconds: Annotated[
        float, Meta(gt=0, description="Longest wait before documents are offered again for the first time, seconds")
    ] = 0.5
    indexer_retry_longest_seconds: Annotated[
        float, Meta(gt=0, description="Longest wait between two offers while the index is busy or away, seconds")
    ] = 30.0
