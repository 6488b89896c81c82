"""`python -m tests.bench.fetcher`: what one pass over many feeds costs, beside a bare aiohttp loop over the same URLs.

Ten thousand feeds under ten thousand names, all of them one server on loopback (the names resolve through a table in
place of DNS). A first pass makes every feed known; two simulated hours later all are due again, 85 % answer 304 and
15 % a document with a new article, which is found and queued. That pass is measured: CPU of the process and its
parser, and the peak of their memory. The bare loop sends the same conditional requests with the same client, reads and
forgets. Both are done three times in turn, and their medians count: other work on the machine comes and goes.
"""

import argparse
import asyncio
import contextlib
import cProfile
import json
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CHANGED, OF = 15, 100  # hosts of a hundred whose feed changes between the passes
AT_ONCE = 64
DELAY_SECONDS = 6.0  # between requests to one host: what a pass finds is asked for after it
ROUNDS = 3
PATIENCE_SECONDS = 300  # with one pass, of which the first takes half a minute
CONDITIONAL = {"If-None-Match": '"1"', "If-Modified-Since": "Sun, 22 Nov 2026 08:00:00 GMT"}
ITEM = (
    "<item><title>Council votes on harbour plan {n}</title><link>/news/{n}</link><guid>{n}</guid>"
    "<pubDate>Sun, 22 Nov 2026 08:{n:02}:00 GMT</pubDate>"
    "<description>The council of the town voted on the plan for the harbour on Sunday.</description></item>"
)


def document(version: int) -> bytes:
    """A feed of ten items, of which each edition has a new one."""
    items = "".join(ITEM.format(n=n) for n in range(version, version + 10))
    return f'<rss version="2.0"><channel><title>News, edition {version}</title>{items}</channel></rss>'.encode()


class _Origin(asyncio.Protocol):
    """All hosts at once. `GET /turn` begins the next edition."""

    edition = 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1]
        host = data.partition(b"Host: h")[2].partition(b".")[0]
        body, status = b"", b"404 Not Found"
        if path == b"/turn":
            _Origin.edition += 1
        elif path == b"/feed":
            edition = _Origin.edition if int(host) % OF < CHANGED else 1
            etag = b'"%d"' % edition
            known = b"If-None-Match: " + etag in data
            status, body = (b"304 Not Modified", b"") if known else (b"200 OK", document(edition))
        head = b"HTTP/1.1 %s\r\nETag: %s\r\nLast-Modified: %s\r\nContent-Type: application/rss+xml\r\n" % (
            status,
            b'"%d"' % (_Origin.edition if int(host or 0) % OF < CHANGED else 1),
            CONDITIONAL["If-Modified-Since"].encode(),
        )
        self.transport.write(head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)  # type: ignore[attr-defined]
        self.transport.close()


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Origin, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def children() -> list[str]:
    """The living children of all threads of this process."""
    return [child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()]


def cpu_seconds() -> float:
    """Of this process and of its living children, the feed parser."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time()
    for child in children():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def peak_mib() -> float:
    """Resident memory at its peak, of this process and of its living children."""
    peaks = [
        int(line.split()[1])
        for process in ("self", *children())
        for line in Path(f"/proc/{process}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return sum(peaks) / 1024


async def table(_: str) -> Sequence[str]:
    return ("127.0.0.1",)


async def bare(port: int, hosts: int) -> dict[str, float]:
    """The bare loop."""
    import aiohttp

    from services.fetcher.connect import Guard

    names = Guard(frozenset((f"h{n}.bench.test", port) for n in range(hosts)), table)
    connector = aiohttp.TCPConnector(resolver=names, use_dns_cache=False, force_close=True, limit=0)
    left = iter(range(hosts))
    seen: dict[int, int] = {}
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def worker() -> None:
            for n in left:
                async with session.get(f"http://h{n}.bench.test:{port}/feed", headers=CONDITIONAL) as response:
                    await response.read()
                    seen[response.status] = seen.get(response.status, 0) + 1

        begun, started = cpu_seconds(), time.monotonic()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        told = {"cpu_seconds": cpu_seconds() - begun, "seconds": time.monotonic() - started, "peak_mib": peak_mib()}
    return told | {f"status_{status}": count for status, count in seen.items()}


class _Clock:
    """The real time, some hours on."""

    ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return self.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def fetcher(port: int, hosts: int, folder: Path, profile: bool) -> None:
    """Our own passes, each when a line comes in, and told in one that goes out."""
    import structlog

    from services.fetcher.crawl import crawl
    from services.fetcher.download import Client
    from services.fetcher.feed_worker import prepare
    from services.fetcher.parse_pool import parse_in
    from services.fetcher.settings import FetcherSettings, user_agent
    from services.fetcher.sources import SourceConfig
    from services.fetcher.state import Store
    from shared.observe import logs, metrics
    from shared.transport.pool import Pool

    logs.configure((folder / "log").open("a", encoding="utf-8", buffering=1))
    assert structlog.is_configured()
    settings, clock, stop = FetcherSettings(origins_at_once=AT_ONCE), _Clock(), asyncio.Event()
    known = [(f"h{n}", f"http://h{n}.bench.test:{port}") for n in range(hosts)]
    sources = [SourceConfig(id=name, feeds=(f"{origin}/feed",), delay_seconds=DELAY_SECONDS) for name, origin in known]
    allow = frozenset((f"h{n}.bench.test", port) for n in range(hosts))

    def polled(outcome: str) -> int:
        return int(metrics.FEED_POLLS.labels(outcome)._value.get())

    async def until(count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sum(map(polled, ("changed", "unchanged", "not_modified", "failed", "refused"))) < count:
                await asyncio.sleep(0.05)

    again: list[Sequence[SourceConfig]] = []
    store, pool = Store(folder), Pool(prepare, 1, settings.feed_parse_seconds)
    async with Client(user_agent(settings), allow, table) as client:
        parse = parse_in(pool.submit)

        def changed() -> Sequence[SourceConfig] | None:
            return again.pop() if again else None

        loop = asyncio.create_task(crawl(sources, store, client, parse, settings, clock, stop, changed))
        for done in range(1, ROUNDS + 2):
            begun, started = cpu_seconds(), time.monotonic()
            profiler = cProfile.Profile(time.process_time)  # the machine may be busy
            if profile and done == 2:
                profiler.enable()
            await until(done * hosts)
            told = {"cpu_seconds": cpu_seconds() - begun, "seconds": time.monotonic() - started, "peak_mib": peak_mib()}
            if profile and done == 2:
                profiler.disable()
                told_by = pstats.Stats(profiler, stream=sys.stderr)
                told_by.sort_stats("cumtime").print_stats(110)
                told_by.sort_stats("tottime").print_stats(60)
            # The pages that it found would be asked for beside the feeds of the next, and those are what is measured.
            store._connection.execute("DELETE FROM queue WHERE kind <> 'feed'")
            again.append(sources)  # so the plan is made anew, without them
            while again:
                await asyncio.sleep(0.1)
            print(json.dumps(told | {name: polled(name) for name in ("not_modified", "changed", "failed")}), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            await turn(port)
            clock.ahead += 7200.0  # noticed at its next look at the sources, within five seconds
        stop.set()
        await loop
    pool.kill()
    store.close()


async def turn(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /turn HTTP/1.1\r\nHost: h0.bench.test\r\n\r\n")
    await reader.read()
    writer.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fetcher", description=__doc__)
    parser.add_argument("--hosts", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true", help="print where the fetcher's own time goes")
    parser.add_argument("--role", choices=["serve", "bare", "fetcher"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role == "serve":
        asyncio.run(serve())
        return 0
    if options.role == "bare":
        print(json.dumps(asyncio.run(bare(options.port, options.hosts))))
        return 0
    if options.role == "fetcher":
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(fetcher(options.port, options.hosts, Path(folder), options.profile))
        return 0
    command = [sys.executable, "-m", "tests.bench.fetcher", "--hosts", str(options.hosts)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server = subprocess.Popen([*command, "--role", "serve"], stdout=subprocess.PIPE, text=True)
    with contextlib.ExitStack() as ends:
        ends.callback(server.wait)
        ends.callback(server.terminate)
        port = server.stdout.readline().strip()
        profile = ["--profile"] if options.profile else []
        ours = subprocess.Popen([*command, "--role", "fetcher", "--port", port, *profile], **pipes)
        ends.callback(ours.wait)
        ends.callback(ours.terminate)
        told = {"first": json.loads(ours.stdout.readline()), "fetcher": [], "bare": []}
        for _ in range(ROUNDS):
            print(file=ours.stdin, flush=True)
            told["fetcher"].append(json.loads(ours.stdout.readline()))
            bare_loop = [*command, "--role", "bare", "--port", port]
            run = subprocess.run(bare_loop, stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS, check=True)
            told["bare"].append(json.loads(run.stdout))
        ours.communicate("\n", timeout=60)
    cost = {name: statistics.median(one["cpu_seconds"] for one in told[name]) for name in ("fetcher", "bare")}
    told["cpu_ratio"] = round(cost["fetcher"] / cost["bare"], 2)
    told["peak_mib"] = max(one["peak_mib"] for one in told["fetcher"])
    print(json.dumps(told, indent=1))
    return 0 if told["cpu_ratio"] <= 2 and told["peak_mib"] <= 160 else 1


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    sys.exit(main())
