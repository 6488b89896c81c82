"""The read API and the pages as one ASGI application. It gets everything it knows as arguments."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import REGISTRY, CollectorRegistry
from starlette.exceptions import HTTPException

from services.search.api import api_routes
from services.search.health import health_routes
from services.search.login import CHALLENGE, Login
from services.search.pages import page_routes
from services.search.render import render
from services.search.status import Status
from shared.searchindex.index import SearchIndex, Unavailable

# No scripts, no frames, nothing from elsewhere: markup that got past the escaping could neither act nor phone home.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
RETRY_SECONDS = 5  # what a client is asked to wait while the index is away


def _failure(request: Request, status_code: int, title: str, message: str) -> Response:
    """An error in the form that the asker reads: JSON below `/api/`, else a page."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": message}, status_code)
    return render("notice.html", status_code, title=title, message=message)


def create_app(
    index: SearchIndex,
    status: Callable[[], Status],
    registry: CollectorRegistry = REGISTRY,
    login: Login | None = None,
) -> FastAPI:
    """The application.

    Args:
        index: what is searched.
        status: how the pipeline is doing, asked anew for every look.
        registry: the metrics served at `/metrics`.
        login: who may read; None: everybody who reaches it.
    """
    # FastAPI's own documentation pages load scripts from elsewhere.
    app = FastAPI(title="Wireroom", docs_url=None, redoc_url=None)
    app.include_router(page_routes(index, status), include_in_schema=False)
    app.include_router(api_routes(index, status))
    app.include_router(health_routes(index, registry), include_in_schema=False)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))

    @app.middleware("http")
    async def admit(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if login is None or login.admits(request.url.path, request.headers.get("authorization")):
            return await call_next(request)
        response = _failure(request, 401, "Who is there?", "This page wants a user name and a password.")
        response.headers.update(CHALLENGE)
        return response

    @app.middleware("http")
    async def secure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(SECURITY_HEADERS)
        return response

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        title = "There is no such page" if error.status_code == 404 else "This cannot be done"
        return _failure(request, error.status_code, title, f"The server answers {error.status_code}: {error.detail}.")

    @app.exception_handler(Unavailable)
    def unavailable(request: Request, error: Unavailable) -> Response:
        message = "The search index cannot answer just now. Articles are kept; try again in a moment."
        response = _failure(request, 503, "Search is away", message)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @app.exception_handler(Exception)
    def fault(request: Request, error: Exception) -> Response:
        message = "This is a fault of ours; it is in the log of this server."
        response = _failure(request, 500, "Something broke", message)
        response.headers.update(SECURITY_HEADERS)  # such answers are made outside the middleware
        return response

    return app
