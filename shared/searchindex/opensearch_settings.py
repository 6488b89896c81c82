"""Where OpenSearch is, and how much of it to take at once."""

from typing import Annotated

from msgspec import Meta, Struct
from opensearchpy import OpenSearch

from shared.settings import refuse_weak


class OpenSearchSettings(Struct, frozen=True, kw_only=True):
    """Read from the environment: `WIREROOM_` and the upper-case field name."""

    opensearch_url: Annotated[str, Meta(description="Address of the server")] = "http://127.0.0.1:9200"
    opensearch_user: Annotated[str, Meta(description="User name; empty for a server without a login")] = ""
    opensearch_password: Annotated[str, Meta(description="Password; better given as a file")] = ""
    opensearch_ca_file: Annotated[str, Meta(description="Certificates to trust, PEM; empty for the system's")] = ""
    opensearch_alias: Annotated[
        str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="Read alias; indices are called after it and their month")
    ] = "articles"
    opensearch_timeout_seconds: Annotated[float, Meta(gt=0, description="Longest wait for one answer")] = 30.0
    opensearch_bulk_bytes: Annotated[int, Meta(ge=1 << 10, description="Bytes in one bulk request, at most")] = 5 << 20
    opensearch_bulk_documents: Annotated[int, Meta(ge=1, description="Documents in one bulk request, at most")] = 500
    opensearch_shards: Annotated[int, Meta(ge=1, description="Primary shards of a monthly index")] = 1
    opensearch_replicas: Annotated[int, Meta(ge=0, description="Copies of each shard on other nodes")] = 0
    opensearch_refresh_seconds: Annotated[
        float, Meta(gt=0, description="How long a written article may stay unseen by searches")
    ] = 5.0
    opensearch_keep_months: Annotated[
        int, Meta(ge=1, description="Months that `retire` keeps, the current one included")
    ] = 24

    def __post_init__(self) -> None:
        if self.opensearch_user:
            refuse_weak("WIREROOM_OPENSEARCH_PASSWORD", self.opensearch_password, self.opensearch_user)


CONNECTIONS = 8  # kept open; a thread that finds none free opens one more


def connect(settings: OpenSearchSettings) -> OpenSearch:
    """A client that never repeats a request by itself: whoever writes decides what is offered again.

    Nothing is sent yet.
    """
    login = (settings.opensearch_user, settings.opensearch_password) if settings.opensearch_user else None
    return OpenSearch(
        settings.opensearch_url,
        http_auth=login,
        ca_certs=settings.opensearch_ca_file or None,
        timeout=settings.opensearch_timeout_seconds,
        pool_maxsize=CONNECTIONS,
        max_retries=0,
        retry_on_timeout=False,
    )
