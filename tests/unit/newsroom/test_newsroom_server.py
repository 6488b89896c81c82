"""The newsroom over real sockets on loopback."""

import asyncio
import gzip
import json
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import pytest

from services.newsroom.anchor import FILE, AnchorError
from services.newsroom.server import Running, serve
from shared.identity import identity_key

ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 22, 8, 0, 0, 400_000, tzinfo=UTC)


class Hand:
    """A clock whose hand is moved by the test."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
async def running(tmp_path: Path, clock: Hand) -> AsyncIterator[Running]:
    async with serve(data=tmp_path, now=clock) as newsroom:
        yield newsroom


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


async def truth_of(client: aiohttp.ClientSession, running: Running) -> list[dict[str, object]]:
    async with client.get(f"{running.control}/truth.jsonl") as answer:
        return [json.loads(line) for line in (await answer.text()).splitlines()]


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/news/electric-ferry-tern", "/robots.txt"])
async def test_what_has_not_changed_answers_304(client: aiohttp.ClientSession, running: Running, path: str) -> None:
    url = running.bases[0] + path
    async with client.get(url) as first:
        assert first.status == 200
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        assert first.headers["Cache-Control"] == "max-age=2"
        assert parsedate_to_datetime(modified) <= START
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        async with client.get(url, headers=condition) as second:
            assert (second.status, await second.read()) == (304, b"")
            assert second.headers["ETag"] == tag
    stale = {"If-None-Match": '"other"', "If-Modified-Since": modified}  # the tag decides alone
    async with client.get(url, headers=stale) as third:
        assert third.status == 200


async def test_an_edited_page_and_its_feed_are_new(
    client: aiohttp.ClientSession, running: Running, clock: Hand
) -> None:
    known = {}
    paths = ("/rss.xml", "/news/electric-ferry-tern", "/news/glacier-maps-geneva")
    for path in paths:
        async with client.get(running.bases[0] + path) as answer:
            known[path] = {"If-None-Match": answer.headers["ETag"]}
    clock.at += timedelta(seconds=15)
    statuses = []
    for path in paths:
        async with client.get(running.bases[0] + path, headers=known[path]) as answer:
            statuses.append(answer.status)
    assert statuses == [200, 200, 304]


async def test_gzip_when_accepted_and_the_same_bytes_without(client: aiohttp.ClientSession, running: Running) -> None:
    url = f"{running.bases[1]}/atom.xml"
    async with client.get(url, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        body = gzip.decompress(await packed.read())
    async with client.get(url, headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert await plain.read() == body
    async with client.head(url) as head:
        assert (head.status, await head.read()) == (200, b"")
    async with client.post(url) as posted:
        assert posted.status == 405


async def test_every_article_of_the_truth_answers_as_it_says(
    client: aiohttp.ClientSession, running: Running, clock: Hand
) -> None:
    clock.at += timedelta(hours=1)
    redirected = 0
    for line in await truth_of(client, running):
        async with client.get(str(line["linked"])) as answer:
            assert answer.status == (410 if line["state"] == "withdrawn" else 200), line["linked"]
            assert identity_key(str(answer.url)) == identity_key(str(line["url"]))  # redirects and tracking end there
            redirected += bool(answer.history)
    assert redirected == 1


async def test_it_says_how_often_each_address_was_asked_for(client: aiohttp.ClientSession, running: Running) -> None:
    base = running.bases[0]
    for path in ("/robots.txt", "/rss.xml", "/rss.xml?utm_source=feed", "/nothing/here"):
        async with client.get(base + path) as answer:
            await answer.read()
    async with client.get(f"{running.control}/requests.json") as answer:
        assert json.loads(await answer.read()) == {f"{base}/robots.txt": 1, f"{base}/rss.xml": 2}


async def test_a_second_start_continues_the_timeline(tmp_path: Path, client: aiohttp.ClientSession) -> None:
    free = tuple(_free_ports(5))
    clock = Hand()
    async with serve(data=tmp_path, now=clock, ports=free) as running:
        early = await truth_of(client, running)
    clock.at += timedelta(seconds=40)
    async with serve(data=tmp_path, now=clock, ports=free) as running:
        late = {line["url"]: line for line in await truth_of(client, running)}
    assert sum(late[line["url"]]["revision"] > line["revision"] for line in early) >= 2
    assert all(late[line["url"]]["published"] == line["published"] for line in early)


@pytest.mark.parametrize("other", [{"pace": 2.0}, {"seed": 2}, {"articles": 3}, {"every": 1.0}])
async def test_a_folder_of_another_timeline_is_refused(tmp_path: Path, other: dict[str, float]) -> None:
    async with serve(data=tmp_path, now=Hand()):
        pass
    with pytest.raises(AnchorError, match=f"was written with {next(iter(other))}"):
        async with serve(data=tmp_path, now=Hand(), **other):
            pass


async def test_a_damaged_anchor_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"anchor": 7}')
    with pytest.raises(AnchorError, match=re.escape(FILE)):
        async with serve(data=tmp_path, now=Hand()):
            pass


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)):
            async with serve(data=tmp_path, now=Hand(), ports=(0, 0, port, 0, 0)):
                pass


async def test_it_takes_five_ports(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="5 ports"):
        async with serve(data=tmp_path, now=Hand(), ports=(0,)):
            pass


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_ends_within_two_seconds_with_a_client_connected(tmp_path: Path, ending: int) -> None:
    command = [sys.executable, "-m", "services.newsroom", "--data", str(tmp_path), "--ports", "0,0,0,0,0"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        async with aiohttp.ClientSession() as session, session.get(line.split()[2] + "/") as answer:
            assert answer.status == 200
            began = time.monotonic()
            process.send_signal(ending)
            assert await asyncio.wait_for(process.wait(), 5) == 0
        assert time.monotonic() - began < 2
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_bad_option_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.newsroom", "--pace", "0"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, cwd=ROOT)
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"WIREROOM_NEWSROOM_PACE='0'" in told


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
