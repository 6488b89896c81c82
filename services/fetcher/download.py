"""One polite, bounded request: an address in, an answer or a reason out.

No cookies, no referrer, no proxy or password from the environment, TLS verified, a connection of its own for each
request (so the guard sees each), compression undone by our bounded decoder, redirects by hand with every hop guarded.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, lru_cache, partial
from types import TracebackType
from typing import Self

import aiohttp
from msgspec import Struct, structs
from yarl import URL

from services.fetcher.connect import Guard, system_addresses
from services.fetcher.decode import Undecodable, decode
from services.fetcher.guard import Denied, Pair, Resolve, Target, check_addresses, check_url
from services.fetcher.origin import RECENT, SHORT
from services.fetcher.redirects import REDIRECTS, next_url, same_origin
from shared.outcomes import Refusal

ACCEPT_ENCODING = "gzip, br, zstd"
HEADERS, HEADER_BYTES = 128, 16 * 1024  # lines of one answer, bytes of one line
# What may follow a redirect to another origin: whoever answers there must not see what was meant for the first.
FOLLOWS = frozenset({"accept", "if-none-match", "if-modified-since"})


class Limits(Struct, frozen=True, gc=False):
    """Bounds of one request, redirects included."""

    wire_bytes: int  # body as received
    decoded_bytes: int  # body with its Content-Encoding undone
    redirects: int
    total_seconds: float  # all hops together, the waits of `before_hop` apart
    connect_seconds: float  # name look-up, connection and TLS of one hop


class Hop(Struct, frozen=True, gc=False):
    """An address that sent us on."""

    status: int
    url: str


class Answer(Struct, frozen=True):
    """What the last server said, whatever the status."""

    url: str  # where it was found in the end, as the WHATWG standard writes it, fragment included
    status: int
    headers: dict[str, tuple[str, ...]]  # lower-case names; the values of each in order
    body: bytes  # decoded; empty unless the status is 2xx
    hops: tuple[Hop, ...] = ()  # the redirects on the way, oldest first


class Failed(Exception):
    """No answer. `detail` is one line for people; `temporary` says whether the same request may succeed later."""

    def __init__(self, refusal: Refusal, detail: str, temporary: bool = False) -> None:
        super().__init__(f"{refusal}: {detail}")
        self.refusal = refusal
        self.detail = detail
        self.temporary = temporary


class Elsewhere(Exception):
    """`url` is on a host that another shard asks. Raised by a `before_hop`; the client says what led there."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.hops: tuple[Hop, ...] = ()


def onward(sent: Mapping[str, str]) -> dict[str, str]:
    """The request headers that go along to another origin."""
    return {name: value for name, value in sent.items() if name.lower() in FOLLOWS}


def _failed(error: Exception) -> Failed:
    """The reason that callers see for what a request can raise."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Denied):
        return Failed(Refusal.ADDRESS, error.os_error.why)
    if isinstance(error, Undecodable):
        return Failed(error.refusal, error.detail)
    if isinstance(error, TimeoutError):
        return Failed(Refusal.TIMEOUT, "no complete answer in time", temporary=True)
    message = error.message if isinstance(error, aiohttp.ClientResponseError) else ""
    if message.startswith(("Got more than", "Too many headers")):
        return Failed(Refusal.TOO_LARGE, f"over {HEADERS} header lines, or one over {HEADER_BYTES} bytes")
    return Failed(Refusal.NETWORK, f"{type(error).__name__}: {error}"[:300], temporary=True)


@cache
def _connecting(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=seconds)


def _text(value: str) -> str:
    """A header value without the lone surrogates that aiohttp keeps undecodable bytes in."""
    return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Client:
    """An HTTP client for strangers' servers. An asynchronous context manager; safe to use from many tasks.

    Args:
        user_agent: `wireroom/<version> (+contact)`.
        allow: the exact host and port pairs that the operator excepts from the guard.
        resolver: names to addresses; the machine's own by default.
    """

    def __init__(
        self, user_agent: str, allow: frozenset[Pair] = frozenset(), resolver: Resolve = system_addresses
    ) -> None:
        self._user_agent = user_agent
        self._allow = allow
        self._resolver = resolver
        self._known = lru_cache(RECENT)(partial(check_url, allow=allow))  # a denial is found anew each time
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        guard = Guard(self._allow, self._resolver)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=guard,
                socket_factory=guard.socket,
                use_dns_cache=False,
                force_close=True,
                limit=0,  # how many at once is the crawl's business
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            trust_env=False,
            auto_decompress=False,
            max_headers=HEADERS,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        accept: str,
        headers: Mapping[str, str] | None = None,
        limits: Limits,
        before_hop: Callable[[str], Awaitable[None]] | None = None,
        proxy: str = "",
    ) -> Answer:
        """Asks for `url` and follows its redirects.

        Args:
            url: absolute, http or https.
            accept: the Accept header.
            headers: more headers; only validators (If-None-Match, If-Modified-Since) go along to another origin.
            limits: what to put up with.
            before_hop: awaited before each request with the address asked for; may raise `Failed`. Its time does not
                count. The guard has seen the address by then, a name's addresses are checked when it connects.
            proxy: `http://host:port` to go through. The guard checks the target and its addresses first, as the proxy
                will look them up itself, and then the proxy like any other address that is connected to.

        Raises:
            Failed: address denied, caps, redirects, time, network. Every HTTP status is an `Answer`.
        """
        left = limits.total_seconds
        clock = asyncio.get_running_loop().time
        sent = {**(headers or {}), "Accept": accept}
        hops: list[Hop] = []
        location = ""
        while True:
            try:
                target = self._check(next_url(url, location) if location else url)
                url = target.url
                if proxy:
                    self._check(proxy)
                    await self._check_target(target)
            except Denied as denied:
                raise Failed(Refusal.ADDRESS, denied.why) from None
            if any(hop.url == url for hop in hops):
                raise Failed(Refusal.REDIRECTS, "in a circle")
            if hops and not same_origin(url, hops[0].url):
                sent = onward(sent)
            if before_hop is not None:
                try:
                    await before_hop(url)
                except Elsewhere as away:
                    away.hops = tuple(hops)
                    raise
            start = clock()
            answer, location = await self._request(url, sent, limits, left, proxy)
            left -= clock() - start
            if not location:
                return structs.replace(answer, hops=tuple(hops))
            if len(hops) == limits.redirects:
                raise Failed(Refusal.REDIRECTS, f"more than {limits.redirects}")
            hops.append(Hop(answer.status, url))

    def _check(self, url: str) -> Target:
        """See `check_url`."""
        return self._known(url) if len(url) <= SHORT else check_url(url, self._allow)

    async def _check_target(self, target: Target) -> None:
        """What connecting would check, for a target that a proxy connects to. Raises Denied."""
        if not target.is_address and not target.excepted:
            try:
                check_addresses(target.host, await self._resolver(target.host))
            except Denied:
                raise
            except OSError as error:
                raise Denied(f"{target.host} has no address: {error.strerror or error}") from None

    async def _request(
        self, url: str, sent: Mapping[str, str], limits: Limits, seconds: float, proxy: str
    ) -> tuple[Answer, str]:
        """One request; its answer and, when that is a redirect, the Location header."""
        if self._session is None:
            raise RuntimeError("Client is used outside of `async with`")
        connect = _connecting(limits.connect_seconds)
        try:
            async with asyncio.timeout(seconds):
                response = await self._session.get(
                    URL(url, encoded=True), headers=sent, allow_redirects=False, timeout=connect, proxy=proxy or None
                )
                try:
                    body = await _read(response, limits.wire_bytes) if 200 <= response.status < 300 else b""
                finally:
                    response.close()
            headers: dict[str, tuple[str, ...]] = {}
            for given, value in response.headers.items():
                name = given.lower()
                headers[name] = (*headers[name], _text(value)) if name in headers else (_text(value),)
            body = decode(body, ",".join(headers.get("content-encoding", ())), limits.decoded_bytes)
        except (aiohttp.ClientError, Undecodable, OSError) as error:
            raise _failed(error) from error
        location = response.headers.get("Location", "") if response.status in REDIRECTS else ""
        return Answer(url, response.status, headers, body), location


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    if (response.content_length or 0) <= limit:
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise Failed(Refusal.TOO_LARGE, f"over {limit} bytes on the wire")
