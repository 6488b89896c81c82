"""The address guard against every URL of the shared table, and against live connections to a canary on loopback."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher import guard_command
from services.fetcher.connect import Guard
from services.fetcher.guard import Denied, check_address, check_url, exception, verdict
from services.fetcher.guard_command import read_table, table_resolver

CASES = Path("../shared/data/ssrf/cases.json")
NEWSROOM = frozenset({("127.0.0.1", 8811), ("newsroom", 8811)})
needs_cases = pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not here")


@needs_cases
@pytest.mark.parametrize("allow", [frozenset(), NEWSROOM], ids=["no exception", "newsroom excepted"])
def test_every_url_of_the_table_gets_its_verdict(allow):
    table = json.loads(CASES.read_text(encoding="utf-8"))
    resolve = table_resolver(table["resolves"])
    wrong = []
    for case in table["cases"]:
        decision, why = asyncio.run(verdict(case["url"], resolve, allow))
        if decision != case["verdict"]:
            wrong.append((case["url"][:80], case["why"], decision, why))
    assert len(table["cases"]) == 135
    assert wrong == []


@needs_cases
def test_the_command_answers_one_line_for_each_url_in_order():
    out = io.StringIO()
    urls = ["http://public.test/feed.xml", "http://rebind.test/", "http://10.0.0.1/", "http://no\nnewline.test/"]
    guard_command.run(urls, CASES, out=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["url"] for line in lines] == urls
    assert [line["verdict"] for line in lines] == ["allow", "deny", "deny", "deny"]
    assert all(line["why"] for line in lines)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"a.test": "10.0.0.1"}', '{"a.test": [1]}'])
def test_an_unusable_table_is_named(tmp_path, content):
    table = tmp_path / "table.json"
    if content is not None:
        table.write_text(content)
    with pytest.raises(ValueError, match=r"table\.json"):
        read_table(table)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://0x5db8d822/", "unusual spelling"),
        ("http://93.184.216.34./", "unusual spelling"),
        ("http:public.test/", "not an absolute"),
        ("http:///public.test/", "not an absolute"),
        ("http://a.test/ b", "space"),
        ("http://a.test/\udcff", "space or backslash"),
        ("http://printer.lan/", "inside a network"),
        ("http://router.home.arpa./", "inside a network"),
        ("http://a..b.test/", "not a host name"),
        ("http://a!b.test/", "not a host name"),
        ("https://public.test:80:443/", "not a URL"),
        ("http://127.0.0.1:8812/", "port 8812"),
        ("http://localhost:8811/", "port 8811"),
        ("http://newsroom/", "without a dot"),
        ("http://2130706433:8811/", "unusual spelling"),
    ],
)
def test_refusals_say_why_even_beside_an_exception(url, why):
    with pytest.raises(Denied, match=why):
        check_url(url, NEWSROOM)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8811/a", "https://127.0.0.1:8811/a", "http://NEWSROOM:8811/a"])
def test_an_exception_is_the_exact_pair(url):
    assert check_url(url, NEWSROOM).excepted
    with pytest.raises(Denied):
        check_url(url)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("127.0.0.1:8811", ("127.0.0.1", 8811)), ("Newsroom:80", ("newsroom", 80)), ("[::1]:9", ("::1", 9))],
)
def test_exceptions_are_read_from_settings(text, pair):
    assert exception(text) == pair


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", "127.0.0.0/8:80", "*:80", "a:0", "a:65536", "::1:80", "a:80-90", "a:80,b:80"]
)
def test_an_exception_is_never_a_range(text):
    with pytest.raises(ValueError, match="HOST:PORT"):
        exception(text)


@given(st.ip_addresses(v=4))
def test_no_address_hides_inside_another(ip):
    """Law: an IPv4 address is judged alike when mapped into IPv6, and never passes as NAT64, 6to4 or compatible."""

    def passes(address: str) -> bool:
        try:
            check_address(address)
        except Denied:
            return False
        return True

    assert passes(f"::ffff:{ip}") == passes(str(ip))
    assert not passes(f"64:ff9b::{ip}")
    assert not passes(f"::{ip}")
    assert not passes(f"2002:{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}::1")


@given(st.text(min_size=0, max_size=40))
def test_any_text_gets_an_answer(text):
    for url in (text, f"http://{text}", f"http://a.test{text}"):
        try:
            target = check_url(url)
        except Denied:
            continue
        assert check_url(target.url) == target  # what was accepted is spelled as the standard has it


class Canary:
    """A loopback listener that must never be reached."""

    def __init__(self) -> None:
        self.hits = 0

    async def greet(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        await writer.drain()
        writer.close()


@pytest.fixture
async def canary() -> AsyncIterator[tuple[Canary, int]]:
    bird = Canary()
    server = await asyncio.start_server(bird.greet, "127.0.0.1", 0)
    async with server:
        yield bird, server.sockets[0].getsockname()[1]


def session(guard: Guard) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=guard, socket_factory=guard.socket))


async def test_no_spelling_of_loopback_connects(canary):
    bird, port = canary
    names = [
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "localhost",
        "evil.test",
        "１２７.0.0.1",
    ]

    async def loopback(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    async with session(Guard(resolve=loopback)) as http:
        for name in names:
            with pytest.raises((aiohttp.ClientError, ValueError)):
                await http.get(f"http://{name}:{port}/")
    assert bird.hits == 0


async def test_a_rebinding_name_does_not_connect(canary):
    bird, port = canary
    resolve = table_resolver({"rebind.test": ["REBIND"]})
    assert list(await resolve("rebind.test")) == ["93.184.216.34"]  # what a check before the fetch was told
    async with session(Guard(resolve=resolve)) as http:
        for _ in range(3):
            with pytest.raises(aiohttp.ClientConnectorError, match="not a global address"):
                await http.get(f"http://rebind.test:{port}/")
    assert bird.hits == 0


async def test_one_private_answer_beside_a_public_one_denies_the_name(canary):
    bird, port = canary
    resolve = table_resolver({"mixed.test": ["93.184.216.34", "127.0.0.1"], "six.test": ["93.184.216.34", "fd00::1"]})
    async with session(Guard(resolve=resolve)) as http:
        for name in ("mixed.test", "six.test"):
            with pytest.raises(aiohttp.ClientConnectorError, match="not a global address"):
                await http.get(f"http://{name}:{port}/")
    assert bird.hits == 0


async def test_the_socket_itself_is_guarded(canary):
    """With a resolver that checks nothing, as a literal address or a bug would have it, no connect is made."""
    bird, port = canary
    guard = Guard()
    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver(), socket_factory=guard.socket)
    async with aiohttp.ClientSession(connector=connector) as http:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(f"http://localhost:{port}/")
    assert bird.hits == 0


async def test_an_excepted_pair_connects_and_no_other_name_does(canary):
    bird, port = canary

    async def loopback(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    guard = Guard(frozenset({("newsroom", port)}), loopback)
    async with session(guard) as http:
        async with http.get(f"http://newsroom:{port}/") as answer:
            assert await answer.text() == "hi"
        with pytest.raises(aiohttp.ClientConnectorError, match="not a global address"):
            await http.get(f"http://evil.test:{port}/")
    assert bird.hits == 1


async def test_an_excepted_address_on_another_port_does_not_connect(canary):
    _, port = canary
    guard = Guard(frozenset({("127.0.0.1", port)}))
    guard.socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))).close()
    with pytest.raises(Denied):
        guard.socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port + 1)))
