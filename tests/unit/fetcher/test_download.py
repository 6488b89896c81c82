"""One request against scripted servers on loopback: good manners, and every kind of bad server refused in time."""

import asyncio
import gzip
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from msgspec import structs

from services.fetcher.download import Answer, Client, Failed, Limits
from services.fetcher.guard_command import table_resolver
from services.fetcher.redirects import next_url
from shared.outcomes import Refusal

UA = "wireroom/0.1.0 (+https://wireroom.example/contact)"
LIMITS = Limits(wire_bytes=1 << 20, decoded_bytes=4 << 20, redirects=5, total_seconds=0.8, connect_seconds=0.5)
Script = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A loopback server that remembers what it was asked and answers by script."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[str] = []
        self.port = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(request)
            await self.script(request.split(" ")[1], writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has had enough, or the test is over
        finally:
            writer.close()


@asynccontextmanager
async def serving(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(script)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()


async def ask(*servers: Server, url: str | None = None, limits: Limits = LIMITS, **more) -> Answer:
    allow = frozenset(("127.0.0.1", server.port) for server in servers)
    async with Client(UA, allow) as client:
        return await client.get(url or servers[0].url(), accept="text/html", limits=limits, **more)


def says(text: str | bytes, body: bytes = b"") -> Script:
    head = text.encode() if isinstance(text, str) else text

    async def script(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 " + head + b"\r\n\r\n" + body)

    return script


def redirects(table: dict[str, str]) -> Script:
    async def script(path: str, writer: asyncio.StreamWriter) -> None:
        if path in table:
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {table[path]}\r\nContent-Length: 0\r\n\r\n".encode())
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\narrived")

    return script


async def test_a_request_carries_what_manners_ask_for_and_no_more(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    etag = 'W/"odd quotes"'
    more = {"accept": "text/html", "headers": {"If-None-Match": etag}, "limits": LIMITS}
    script = says("200 OK\r\nContent-Length: 2\r\nSet-Cookie: spy=1", b"ok")
    async with serving(script) as server, Client(UA, frozenset({("127.0.0.1", server.port)})) as client:
        for _ in range(2):  # the second would bring the cookie back
            await client.get(server.url("/a%20b?x=1&y=[z]"), **more)
    assert server.requests[0] == server.requests[1]
    line, *fields = server.requests[1].strip().split("\r\n")
    assert line == "GET /a%20b?x=1&y=[z] HTTP/1.1"
    assert dict(field.split(": ", 1) for field in fields) == {
        "Host": f"127.0.0.1:{server.port}",
        "User-Agent": UA,
        "Accept": "text/html",
        "Accept-Encoding": "gzip, br, zstd",
        "If-None-Match": etag,
        "Connection": "close",
    }


async def test_every_status_is_an_answer_and_headers_keep_their_lines():
    async with serving(says("304 Not Modified\r\nETag: x\r\nX-Robots-Tag: noai\r\nx-robots-tag: noindex")) as server:
        answer = await ask(server)
    assert (answer.status, answer.body, answer.hops) == (304, b"", ())
    assert answer.headers["x-robots-tag"] == ("noai", "noindex")
    async with serving(says("503 Busy\r\nRetry-After: 9", b"an endless excuse" * 10**6)) as server:
        assert (await ask(server)).status == 503
    async with serving(says(b"200 OK\r\nETag: \xff\xfe\r\nContent-Length: 0")) as server:
        assert (await ask(server)).headers["etag"] == ("\ufffd\ufffd",)


async def test_a_compressed_page_arrives_decoded():
    page = b"<p>news</p>" * 1000
    packed = gzip.compress(page)
    async with serving(says(f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}", packed)) as server:
        assert (await ask(server)).body == page


async def test_redirects_are_followed_by_hand_and_told():
    async with serving(redirects({"/a": "b?x= y", "/b?x=%20y": "//127.0.0.1:{port}/c"})) as server:
        server.script = redirects({"/a": "b?x= y", "/b?x=%20y": f"//127.0.0.1:{server.port}/c"})
        asked: list[str] = []

        async def before_hop(url: str) -> None:
            asked.append(url)

        answer = await ask(server, url=server.url("/a#!story"), before_hop=before_hop)
    assert answer.body == b"arrived"
    assert answer.url == server.url("/c#!story")
    assert [(hop.status, hop.url) for hop in answer.hops] == [
        (302, server.url("/a#!story")),
        (302, server.url("/b?x=%20y#!story")),
    ]
    assert asked == [*(hop.url for hop in answer.hops), answer.url]


async def test_the_wait_before_a_hop_is_not_the_servers_time_and_may_refuse():
    async def wait(_: str) -> None:
        await asyncio.sleep(0.3)

    async def refuse(_: str) -> None:
        raise Failed(Refusal.ROBOTS, "disallowed")

    async with serving(says("200 OK\r\nContent-Length: 2", b"ok")) as server:
        quick = Limits(100, 100, 0, total_seconds=0.25, connect_seconds=0.25)
        assert (await ask(server, limits=quick, before_hop=wait)).body == b"ok"
        with pytest.raises(Failed, match="robots"):
            await ask(server, before_hop=refuse)
        assert len(server.requests) == 1


async def test_what_was_meant_for_one_origin_does_not_reach_another():
    headers = {"Authorization": "Bearer paid", "If-None-Match": '"v1"'}
    async with serving(redirects({})) as second, serving(redirects({})) as first:
        first.script = redirects({"/": "/same", "/same": second.url("/other")})
        await ask(first, second, headers=headers)
    assert "Bearer paid" in first.requests[1]
    assert "Bearer paid" not in second.requests[0]
    assert "authorization" not in second.requests[0].lower()
    assert '"v1"' in second.requests[0]


@pytest.mark.parametrize(
    ("table", "detail"),
    [
        ({"/": "/"}, "circle"),
        ({"/": "/b", "/b": "/"}, "circle"),
        ({f"/{'x' * n}": f"/{'x' * (n + 1)}" for n in range(9)}, "more than 5"),
        ({"/": "http://"}, "nowhere|absolute"),
    ],
)
async def test_redirects_end(table, detail):
    async with serving(redirects(table)) as server:
        with pytest.raises(Failed, match=detail) as failed:
            await ask(server)
        assert len(server.requests) <= 6
    assert failed.value.refusal in (Refusal.REDIRECTS, Refusal.ADDRESS)
    assert not failed.value.temporary


INSIDE = [
    "http://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://localhost:{port}/",
    "http://0:{port}/",
    "http://public.test@127.0.0.1:{port}/",
    "/\\127.0.0.1:{port}/",
    "http://inside.test:8080/",
    "http://rebind.test:8080/",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_",
    "javascript:alert(1)",
]


async def test_no_redirect_leads_inside():
    """The canary listens where the redirects point; the redirecting server alone is excepted."""
    async with serving(says("200 OK\r\nContent-Length: 6", b"secret")) as canary, serving(redirects({})) as outside:
        outside.script = redirects({f"/{n}": place.format(port=canary.port) for n, place in enumerate(INSIDE)})
        resolver = table_resolver({"inside.test": ["10.0.0.5"], "rebind.test": ["REBIND"]})
        await resolver("rebind.test")  # its public answer is used up: from now on it is loopback
        async with Client(UA, frozenset({("127.0.0.1", outside.port)}), resolver) as client:
            for n, place in enumerate(INSIDE):
                with pytest.raises(Failed) as failed:
                    await client.get(outside.url(f"/{n}"), accept="*/*", limits=LIMITS)
                assert failed.value.refusal is Refusal.ADDRESS, place
    assert canary.requests == []


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _n in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_headers(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _n in range(100):
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


async def silence(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def endless(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _n in range(1000):
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_chunks(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _n in range(1000):
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


async def endless_chunk_extension(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1")
    for _n in range(1000):
        writer.write(b";" + b"x" * 65536)
        await writer.drain()


async def endless_trailers(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    for _n in range(100_000):
        writer.write(b"X: y\r\n" * 100)
        await writer.drain()


async def endless_informational(_: str, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


BAD_SERVERS = {
    "drip": (drip, Refusal.TIMEOUT),
    "drip of headers": (drip_headers, Refusal.TIMEOUT),
    "silence": (silence, Refusal.TIMEOUT),
    "endless hints": (endless_informational, Refusal.TIMEOUT),
    "endless body": (endless, Refusal.TOO_LARGE),
    "endless chunks": (endless_chunks, Refusal.TOO_LARGE),
    "endless chunk extension": (endless_chunk_extension, Refusal.NETWORK),
    "endless trailers": (endless_trailers, Refusal.TOO_LARGE),
    "announced too large": (says("200 OK\r\nContent-Length: 99999999"), Refusal.TOO_LARGE),
    "gzip bomb": (says("200 OK\r\nContent-Encoding: gzip", gzip.compress(bytes(64 << 20), 1)), Refusal.TOO_LARGE),
    "chained codings": (says("200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip", b"x"), Refusal.ENCODING),
    "1,000 headers": (says("200 OK\r\n" + "\r\n".join(f"X-{n}: y" for n in range(1000))), Refusal.TOO_LARGE),
    "one huge header": (says("200 OK\r\nX: " + "y" * 100_000), Refusal.TOO_LARGE),
    "a header without end": (says(b"200 OK\r\nX: " + b"y" * 100_000 + b"\xff"), Refusal.TOO_LARGE),
    "not HTTP": (says(b"\x00\x01"), Refusal.NETWORK),
    "hangs up": (lambda _path, writer: asyncio.sleep(0), Refusal.NETWORK),
    "hangs up early": (says("200 OK\r\nContent-Length: 100", b"too short"), Refusal.NETWORK),
    "two lengths": (says("200 OK\r\nContent-Length: 1\r\nContent-Length: 2", b"xx"), Refusal.NETWORK),
}


@pytest.mark.parametrize("name", BAD_SERVERS)
async def test_bad_servers_are_refused_within_the_deadline(name):
    script, refusal = BAD_SERVERS[name]
    async with serving(script) as server:
        # What is refused before its deadline needs one that a busy machine keeps.
        limits = LIMITS if refusal is Refusal.TIMEOUT else structs.replace(LIMITS, total_seconds=60, connect_seconds=60)
        with pytest.raises(Failed) as failed:
            async with asyncio.timeout(90):
                await ask(server, limits=limits)
    assert failed.value.refusal is refusal, failed.value.detail
    assert failed.value.temporary == (refusal in (Refusal.TIMEOUT, Refusal.NETWORK))


async def test_the_deadline_spans_all_hops():
    async def slow(path: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {path}x\r\n\r\n".encode())

    async with serving(slow) as server:
        with pytest.raises(Failed, match="timeout"):  # one for each hop would never come, and end at the redirects
            await ask(server)
    assert len(server.requests) <= 3


async def test_nobody_listens():
    async with serving(silence) as server:
        gone = server
    with pytest.raises(Failed) as failed:
        await ask(gone)
    assert (failed.value.refusal, failed.value.temporary) == (Refusal.NETWORK, True)


async def test_a_name_without_address_may_have_one_later():
    async with Client(UA, resolver=table_resolver({})) as client:
        with pytest.raises(Failed) as failed:
            await client.get("http://gone.test/", accept="*/*", limits=LIMITS)
    assert (failed.value.refusal, failed.value.temporary) == (Refusal.NETWORK, True)


async def test_a_resolver_that_hangs_is_left_behind():
    async def hang(_: str) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async with Client(UA, resolver=hang) as client:
        with pytest.raises(Failed, match="timeout"):
            await client.get("http://slow.test/", accept="*/*", limits=LIMITS)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes the certificate, is not here")
async def test_a_certificate_that_nobody_vouches_for_is_refused_without_falling_back(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    make += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    await asyncio.to_thread(subprocess.run, make.split(), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with serving(says("200 OK\r\nContent-Length: 2", b"ok"), tls=context) as server:
        with pytest.raises(Failed, match=r"(?i)certificate.verify.failed") as failed:
            await ask(server, url=f"https://127.0.0.1:{server.port}/")
    assert failed.value.refusal is Refusal.NETWORK
    assert server.requests == []


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/next", "https://a.test/next"),
        ("next?q=1", "https://a.test/dir/next?q=1"),
        ("//b.test/x", "https://b.test/x"),
        ("http://b.test/x", "http://b.test/x"),
        (" /a b ", "https://a.test/a%20b"),
        ("/é", "https://a.test/%C3%A9"),
        ("/\udcff", "https://a.test/%FF"),
        ("/x#part", "https://a.test/x#part"),
    ],
)
def test_where_a_location_header_leads(location, leads_to):
    assert next_url("https://a.test/dir/page", location) == leads_to
    assert next_url("https://a.test/dir/page#top", location) == leads_to + ("" if "#" in leads_to else "#top")


async def through(proxy: Server, url: str, table: dict[str, list[str]], excepted: bool = True) -> Answer:
    allow = frozenset({("127.0.0.1", proxy.port)}) if excepted else frozenset()
    async with Client(UA, allow, table_resolver(table)) as client:
        return await client.get(url, accept="text/html", limits=LIMITS, proxy=f"http://127.0.0.1:{proxy.port}")


async def test_a_source_may_be_asked_through_its_proxy():
    async with serving(says("200 OK\r\nContent-Length: 2", b"ok")) as proxy:
        answer = await through(proxy, "http://news.test/feed", {"news.test": ["93.184.216.34"]})
    assert (answer.body, answer.url) == (b"ok", "http://news.test/feed")
    assert proxy.requests[0].startswith("GET http://news.test/feed HTTP/1.1")


@pytest.mark.parametrize(
    ("url", "addresses", "excepted"),
    [
        ("http://inside.test/", ["10.0.0.5"], True),
        ("http://mixed.test/", ["93.184.216.34", "127.0.0.1"], True),
        ("http://nowhere.test/", None, True),
        ("http://169.254.169.254/latest", [], True),
        ("http://news.test/", ["93.184.216.34"], False),  # the proxy itself is inside and not excepted
    ],
)
async def test_the_guard_checks_the_target_and_then_the_proxy(url: str, addresses: list[str] | None, excepted: bool):
    table = {} if addresses is None else {url.split("/")[2]: addresses}
    async with serving(says("200 OK\r\nContent-Length: 2", b"ok")) as proxy:
        with pytest.raises(Failed) as failed:
            await through(proxy, url, table, excepted)
    assert failed.value.refusal is Refusal.ADDRESS
    assert proxy.requests == []


async def test_a_redirect_behind_a_proxy_is_checked_too():
    table = {"news.test": ["93.184.216.34"], "inside.test": ["10.0.0.5"]}
    async with serving(says("302 Found\r\nLocation: http://inside.test/\r\nContent-Length: 0")) as proxy:
        with pytest.raises(Failed) as failed:
            await through(proxy, "http://news.test/", table)
    assert failed.value.refusal is Refusal.ADDRESS
    assert len(proxy.requests) == 1
