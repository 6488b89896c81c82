"""The newsroom over HTTP: four sites and a control port, each on a port of its own."""

import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import msgspec
from aiohttp import web
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.newsroom.anchor import Anchor, keep
from services.newsroom.articles import read_all
from services.newsroom.generate import generated
from services.newsroom.newsroom import Answer, Newsroom, SiteState
from services.newsroom.sites import SITES
from services.newsroom.sources import sources_toml
from services.newsroom.timeline import Timeline
from services.newsroom.truth import jsonl, truth
from shared.identity import digest

Clock = Callable[[], datetime]
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
MAX_AGE_SECONDS = 2  # at pace 1; slower papers may be kept longer
SHUTDOWN_SECONDS = 0.5


class Running(Struct, frozen=True):
    """A newsroom that is listening."""

    newsroom: Newsroom
    bases: tuple[str, ...]  # scheme, host and port of the four sites
    control: str  # the same of the control port


def _unchanged(request: web.BaseRequest, tag: str, modified: datetime) -> bool:
    """RFC 9110 section 13.2.2: If-None-Match decides alone where it is given."""
    if request.if_none_match is not None:
        return any(given.value in (tag, "*") for given in request.if_none_match)
    return request.if_modified_since is not None and modified <= request.if_modified_since


def _respond(request: web.BaseRequest, answer: Answer, max_age: int) -> web.Response:
    tag = digest(answer.body)
    headers = {"Content-Type": answer.media_type, "Vary": "Accept-Encoding", "Cache-Control": f"max-age={max_age}"}
    headers |= dict(answer.headers)
    if answer.status == 200:
        headers |= {
            "ETag": f'W/"{tag}"',
            "Last-Modified": format_datetime(answer.modified.astimezone(UTC), True),
        }
        if _unchanged(request, tag, answer.modified):
            return web.Response(status=304, headers=headers)
    body = answer.body
    if body and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return web.Response(status=answer.status, headers=headers, body=body)


def _site_handler(state: SiteState, now: Clock, max_age: int, asked: Counter[str]) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        story = request.query.get("id")
        path = request.path if story is None else f"{request.path}?id={story}"
        answer = state.answer(path, now())
        if answer.status < 400:  # of what is there, so that it cannot grow without end
            asked[state.base + path] += 1
        return _respond(request, answer, max_age)

    return handle


def _control_handler(newsroom: Newsroom, bases: Sequence[str], now: Clock, asked: Counter[str]) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/truth.jsonl":
            return web.Response(body=jsonl(truth(newsroom, now())), content_type="application/x-ndjson")
        if request.path == "/requests.json":
            return web.Response(body=msgspec.json.encode(asked), content_type="application/json")
        if request.path == "/sources.toml":
            return web.Response(text=sources_toml(bases), content_type="application/toml")
        if request.path == "/healthz":
            return web.Response(text="ok\n")
        if request.path == "/metrics":
            return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
        return web.Response(status=404, text="/truth.jsonl /requests.json /sources.toml /healthz /metrics\n")

    return handle


def _bound(host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


@asynccontextmanager
async def serve(
    *,
    data: Path,
    host: str = "127.0.0.1",
    ports: Sequence[int] = (0, 0, 0, 0, 0),
    now: Clock,
    pace: float = 1.0,
    seed: int = 1,
    articles: int = 0,
    every: float = 0.0,
    crawl_delay: float = 0.5,
    public_host: str = "",
) -> AsyncIterator[Running]:
    """Serves while the context lasts.

    Args:
        data: folder of the anchor file; a second start there continues the timeline of the first.
        ports: of the four sites in the order of `SITES`, then of the control port; 0 takes any free one.
        now: the clock, aware UTC.
        pace: speed of the timeline, 1 for the demo.
        articles, every: how many generated articles to add, and seconds between two of them at pace 1.
        crawl_delay: seconds that robots.txt declares.
        public_host: host name in the URLs given out, where it is not `host`.

    Raises:
        OSError: a port is taken, or the folder cannot be written.
        AnchorError: the folder was begun with another pace, seed or number of articles, or is damaged.
        ValueError: not five ports.
    """
    if len(ports) != len(SITES) + 1:
        raise ValueError(f"{len(SITES) + 1} ports are needed, one a site and the control port; given: {len(ports)}")
    async with AsyncExitStack() as stack:
        # Bound first and served later: the pages hold the addresses.
        sockets = [stack.enter_context(_bound(host, port)) for port in ports]
        name = public_host or host
        name = f"[{name}]" if ":" in name else name
        *bases, control = (f"http://{name}:{bound.getsockname()[1]}" for bound in sockets)
        wanted = Anchor(anchor=now().replace(microsecond=0), pace=pace, seed=seed, articles=articles, every=every)
        timeline = Timeline(keep(data, wanted).anchor, pace, seed)
        newsroom = Newsroom((*read_all(), *generated(articles, every, seed)), bases, timeline, crawl_delay)
        max_age = max(1, min(300, round(MAX_AGE_SECONDS / pace)))
        asked: Counter[str] = Counter()
        handlers = [_site_handler(state, now, max_age, asked) for state in newsroom.sites]
        for bound, handler in zip(sockets, [*handlers, _control_handler(newsroom, bases, now, asked)], strict=True):
            runner = web.ServerRunner(web.Server(handler), shutdown_timeout=SHUTDOWN_SECONDS)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, bound).start()
        yield Running(newsroom, tuple(bases), control)
