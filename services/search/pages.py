"""The pages for people: the search, an article, the status. They work without scripts."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from msgspec import Struct

from services.search.answer import answer
from services.search.links import Params, adding, removing, setting
from services.search.names import facet_name
from services.search.parse import BadQuery
from services.search.render import render
from services.search.status import Status
from shared.messages import EnrichedArticle, Provenance
from shared.searchindex.index import SearchIndex
from shared.searchindex.query import Bucket, Query, Results, ranks

FACETS = {"lang": "Language", "source": "Source", "country": "Country", "entity": "Name", "keyphrase": "Keyphrase"}
FILTERS = FACETS | {
    "topic": "Topic",
    "author": "Author",
    "site": "Site",
    "agency": "Agency",
    "url": "Address",
    "since": "From",
    "until": "Before",
}
SORTS = {"relevance": "Best match", "newest": "Newest", "oldest": "Oldest"}
FORMATS = {
    "JSON": "json",
    "JSON lines": "jsonl",
    "CSV": "csv",
    "Atom": "atom",
    "ninjs": "ninjs",
    "NewsArticle": "newsarticle",
}
SHOWN = 200  # characters of a field's value in the provenance table; the text above it is whole


class Link(Struct, frozen=True):
    """An address and how it stands in the search at hand."""

    text: str
    href: str
    count: int = 0
    chosen: bool = False


class Facet(Struct, frozen=True):
    name: str
    title: str
    links: list[Link]


class Chip(Struct, frozen=True):
    """A filter in use; `href` takes it away."""

    name: str
    text: str
    href: str


class Origin(Struct, frozen=True):
    """A row of the provenance table."""

    field: str
    value: str
    origin: Provenance


def _facet(params: Params, name: str, buckets: tuple[Bucket, ...]) -> Facet:
    links = []
    for bucket in buckets:
        chosen = (name, bucket.value) in params
        change = removing if chosen else adding
        links.append(
            Link(facet_name(name, bucket.value), change("/", params, name, bucket.value), bucket.count, chosen)
        )
    return Facet(name, FACETS[name], sorted(links, key=lambda link: not link.chosen))


def _chips(params: Params) -> list[Chip]:
    return [
        Chip(FILTERS[name], facet_name(name, value), removing("/", params, name, value))
        for name, value in params
        if name in FILTERS and value
    ]


def _provenance(article: EnrichedArticle) -> list[Origin]:
    rows = []
    for field, origin in article.provenance.items():
        value: Any = getattr(article, field, "")
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")
        rows.append(Origin(field, text if len(text) <= SHOWN else text[:SHOWN] + "…", origin))
    return rows


def _sorts(params: Params, query: Query) -> list[Link]:
    """The orders to choose from; without words there is no best match."""
    return [
        Link(text, setting("/", params, "sort", value), 0, value == query.sort)
        for value, text in SORTS.items()
        if value != "relevance" or ranks(query.root)
    ]


def _search_page(params: Params, query: Query, results: Results) -> dict[str, Any]:
    given = dict(params)
    return {
        "results": results,
        "facets": [_facet(params, name, results.facets.get(name, ())) for name in FACETS],
        "chips": _chips(params),
        "sorts": _sorts(params, query),
        "formats": {text: setting("/api/search", params, "format", value) for text, value in FORMATS.items()},
        "since": given.get("since", "")[:10],
        "until": given.get("until", "")[:10],
        "next_page": setting("/", params, "cursor", results.cursor) if results.cursor else "",
        "first_page": not given.get("cursor"),
        "start": setting("/", params, "cursor", ""),
        "searching": query.root is not None or query.since is not None or query.until is not None,
        "error": None,
    }


def page_routes(index: SearchIndex, status: Callable[[], Status]) -> APIRouter:
    """`/`, `/articles/{id}` and `/status`."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/")
    def search(request: Request) -> HTMLResponse:
        params = request.query_params.multi_items()
        q = dict(params).get("q", "")
        try:
            status_code, facts = 200, _search_page(params, *answer(index, params))
        except BadQuery as error:
            status_code, facts = 400, {"error": error, "formats": None}
        return render("search.html", status_code, page="search", q=q, params=params, **facts)

    @routes.get("/articles/{article_id}")
    def article(article_id: str) -> HTMLResponse:
        document = index.get(article_id)
        if document is None:
            return render("notice.html", 404, title="No such article", message="It may never have been indexed here.")
        if document.withdrawn:
            message = "Its publisher took it back, so its text is not shown any more."
            return render("notice.html", 410, title="This article was withdrawn", message=message)
        article = document.article
        return render("article.html", document=document, article=article, provenance=_provenance(article))

    @routes.get("/status")
    def status_() -> HTMLResponse:
        return render("status.html", page="status", status=status())

    return routes
