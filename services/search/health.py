"""What a machine asks first: is the process there, can it answer, and its numbers.

`/healthz` never looks at the index: an outage of the search engine must not restart this process. `/readyz` does, and
as it is asked every few seconds, it also keeps the gauges of the index current.
"""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.observe.metrics import INDEX_DOCUMENTS, SERVER_REACHABLE
from shared.searchindex.index import SearchIndex, Unavailable


def health_routes(index: SearchIndex, registry: CollectorRegistry) -> APIRouter:
    """`/healthz`, `/readyz` (503 while the index cannot answer) and `/metrics` of `registry`."""
    routes = APIRouter(default_response_class=PlainTextResponse)

    @routes.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @routes.get("/readyz")
    def readyz() -> PlainTextResponse:
        healthy = index.healthy()
        if healthy:
            try:
                INDEX_DOCUMENTS.set(index.count())
            except Unavailable:
                healthy = False
        SERVER_REACHABLE.labels("search").set(healthy)
        if healthy:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("the search index cannot answer\n", status_code=503)

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes
