"""The read API: searches and articles for programs."""

from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.search import formats
from services.search.answer import answer
from services.search.filters import SINGLE
from services.search.links import setting
from services.search.parse import BadQuery
from services.search.status import Status
from shared import codec
from shared.searchindex.index import SearchIndex
from shared.searchindex.query import KEYWORD_FIELDS, Results

FORMATS = ("json", "jsonl", "csv", "atom")
PARAMETERS = (*SINGLE, *KEYWORD_FIELDS, "format")
SEARCH = "/api/search"


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


def _error(message: str, status_code: int) -> JSONResponse:
    return JSONResponse({"error": message}, status_code)


def _rendered(request: Request, form: str, results: Results, next_page: str) -> Response:
    if form == "jsonl":
        return Response(formats.as_jsonl(results), media_type="application/jsonl")
    if form == "csv":
        return Response(
            formats.as_csv(results),
            media_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="wireroom.csv"'},
        )
    if form == "atom":
        base = str(request.base_url).rstrip("/")
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        title = f"Wireroom: {request.query_params.get('q', '') or 'all articles'}"
        return Response(formats.as_atom(results, title, base, here, next_page), media_type="application/atom+xml")
    return _json(formats.as_json(results, next_page))


def api_routes(index: SearchIndex, status: Callable[[], Status]) -> APIRouter:
    """`/api/search`, `/api/articles/{id}`, `/api/status` and `/api/sources`."""
    routes = APIRouter(prefix="/api")

    described = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in PARAMETERS]

    @routes.get("/search", openapi_extra={"parameters": described})
    def search(request: Request) -> Response:
        """A page of results as JSON, or as `format=jsonl`, `csv` or `atom`; the next page is in the `Link` header."""
        given = request.query_params.multi_items()
        form = request.query_params.get("format", "json")
        params = [(name, value) for name, value in given if name != "format"]
        if form == "atom" and not any(name == "sort" for name, _ in params):
            params.append(("sort", "newest"))  # a feed is read for what is new
        try:
            if form not in FORMATS:
                raise BadQuery(f"the formats are {', '.join(FORMATS)}, not {form!r}", 0, "format")
            _, results = answer(index, params)
        except BadQuery as error:
            return JSONResponse(
                {
                    "error": error.message,
                    "position": error.position,
                    "parameter": error.parameter,
                    "query": request.query_params.get(error.parameter, ""),
                },
                400,
            )
        next_page = setting(SEARCH, given, "cursor", results.cursor) if results.cursor else ""
        response = _rendered(request, form, results, next_page)
        if next_page:
            response.headers["Link"] = f'<{next_page}>; rel="next"'  # RFC 8288
        return response

    @routes.get("/articles/{article_id}")
    def article(article_id: str) -> Response:
        """The whole article, as on `article.enriched.v1`; 410 once it is withdrawn."""
        document = index.get(article_id)
        if document is None:
            return _error("there is no such article", 404)
        if document.withdrawn:
            return _error("this article was withdrawn by its publisher", 410)
        return _json(codec.encode(document.article))

    @routes.get("/sources")
    def sources() -> Response:
        """Every source by its content clock (last new article, the next expected, silent since), and every feed."""
        fetching = status().fetching
        return _json(msgspec.json.encode({"sources": fetching.sources, "feeds": fetching.feeds}))

    @routes.get("/status")
    def status_() -> Response:
        """What each stage, the URLs and the sources are doing."""
        return _json(msgspec.json.encode(status()))

    return routes
