"""The read API: searches and articles for programs."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.search import formats, standards
from services.search.answer import answer
from services.search.filters import SINGLE, SORTS
from services.search.links import setting
from services.search.parse import BadQuery
from services.search.status import Status
from shared import codec
from shared.formats.standards import STANDARDS, written
from shared.searchindex.index import SearchIndex
from shared.searchindex.query import KEYWORD_FIELDS, Results

MEDIA_TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "atom": "application/atom+xml",
    "ninjs": "application/json",  # no type of its own is registered for it
    "newsarticle": "application/ld+json",
}
FORMATS = tuple(MEDIA_TYPES)
ARTICLE_FORMATS = ("json", *STANDARDS)
SEARCH = "/api/search"


def _described(names: Sequence[str], formats: Sequence[str]) -> dict[str, Any]:
    """What OpenAPI says of parameters that the framework does not see, since ours are read from the address itself."""
    closed: dict[str, Sequence[str]] = {"sort": SORTS, "format": formats}
    schemas = {name: {"type": "string"} | ({"enum": list(closed[name])} if name in closed else {}) for name in names}
    types = dict.fromkeys(MEDIA_TYPES[name] for name in formats)
    return {
        "parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()],
        "responses": {
            "200": {"description": "In the format asked for", "content": {one: {} for one in types}},
            "400": {"description": "A parameter that cannot be used, and why"},
        },
    }


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


def _format(request: Request, known: Sequence[str]) -> str:
    """The format that was asked for, the first one unless told.

    Raises:
        BadQuery: none of these, or several.
    """
    given = [value for value in request.query_params.getlist("format") if value] or [known[0]]
    if len(given) > 1:
        raise BadQuery(f"format stands {len(given)} times: give it once", 0, "format")
    if given[0] not in known:
        raise BadQuery(f"the formats are {', '.join(known)}, not {given[0]!r}", 0, "format")
    return given[0]


def _refused(request: Request, error: BadQuery) -> JSONResponse:
    return JSONResponse(
        {
            "error": error.message,
            "position": error.position,
            "parameter": error.parameter,
            "query": request.query_params.get(error.parameter, ""),
        },
        400,
    )


def _error(message: str, status_code: int) -> JSONResponse:
    return JSONResponse({"error": message}, status_code)


def _rendered(request: Request, form: str, results: Results, next_page: str) -> Response:
    content: str | bytes
    headers = {}
    match form:
        case "jsonl":
            content = formats.as_jsonl(results)
        case "csv":
            content = formats.as_csv(results)
            headers["Content-Disposition"] = 'attachment; filename="wireroom.csv"'
        case "atom":
            base = str(request.base_url).rstrip("/")
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            title = f"Wireroom: {request.query_params.get('q', '') or 'all articles'}"
            content = formats.as_atom(results, title, base, here, next_page)
        case "ninjs":
            content = standards.as_ninjs(results, next_page)
        case "newsarticle":
            content = standards.as_newsarticle(results)
        case _:
            content = formats.as_json(results, next_page)
    if next_page:
        headers["Link"] = f'<{next_page}>; rel="next"'  # RFC 8288
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def api_routes(index: SearchIndex, status: Callable[[], Status]) -> APIRouter:
    """`/api/search`, `/api/articles/{id}`, `/api/status` and `/api/sources`."""
    routes = APIRouter(prefix="/api")

    @routes.get("/search", openapi_extra=_described((*SINGLE, *KEYWORD_FIELDS, "format"), FORMATS))
    def search(request: Request) -> Response:
        """A page of results in one of the formats; the next page is in the `Link` header of each."""
        given = request.query_params.multi_items()
        params = [(name, value) for name, value in given if name != "format"]
        try:
            form = _format(request, FORMATS)
            if form == "atom" and not any(name == "sort" for name, _ in params):
                params.append(("sort", "newest"))  # a feed is read for what is new
            _, results = answer(index, params)
        except BadQuery as error:
            return _refused(request, error)
        return _rendered(
            request, form, results, setting(SEARCH, given, "cursor", results.cursor) if results.cursor else ""
        )

    @routes.get("/articles/{article_id}", openapi_extra=_described(("format",), ARTICLE_FORMATS))
    def article(article_id: str, request: Request) -> Response:
        """The whole article, as on `article.enriched.v1` or in a standard format; 410 once it is withdrawn."""
        try:
            form = _format(request, ARTICLE_FORMATS)
        except BadQuery as error:
            return _refused(request, error)
        document = index.get(article_id)
        if document is None:
            return _error("there is no such article", 404)
        if document.withdrawn:
            return _error("this article was withdrawn by its publisher", 410)
        content = codec.encode(document.article) if form == "json" else written(document.article, form)
        return Response(content, media_type=MEDIA_TYPES[form])

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
