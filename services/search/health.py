"""What a machine asks first: is the process there, can it answer, and its numbers.

`/healthz` never looks at the index: an outage of the search engine must not restart this process.
"""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.observe.metrics import SERVER_REACHABLE
from shared.searchindex.index import SearchIndex


def health_routes(index: SearchIndex, registry: CollectorRegistry) -> APIRouter:
    """`/healthz`, `/readyz` (503 while the index cannot answer) and `/metrics` of `registry`."""
    routes = APIRouter(default_response_class=PlainTextResponse)

    @routes.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @routes.get("/readyz")
    def readyz() -> PlainTextResponse:
        healthy = index.healthy()
        SERVER_REACHABLE.labels("search").set(healthy)
        if healthy:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("the search index cannot answer\n", status_code=503)

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes
