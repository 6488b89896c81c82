"""An origin that never runs out: feeds on several hosts, and the same real pages under ever new addresses."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from typing import cast

import msgspec

from tests.bench.__main__ import pages

HOSTS = 8  # the fetcher asks each for one thing at a time
LISTED = 200  # newest stories in a feed
ROUND = 60  # pages of each set


class _Host(ThreadingHTTPServer):
    """One host: a feed of what it has published, and its stories."""

    daemon_threads = True
    bodies: list[bytes]

    def __init__(self, bodies: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies = bodies
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.published: list[int] = []
        self.given = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def body(self, path: str) -> bytes | None:
        if path == "/feed.xml":
            links = "".join(
                f"<item><title>Story</title><link>{self.base}/story/{number}</link></item>"
                for number in self.published[-LISTED:]
            )
            return f"<rss version='2.0'><channel><title>Endless</title>{links}</channel></rss>".encode()
        if path.startswith("/story/"):
            self.given += 1
            return self.bodies[int(path.rpartition("/")[2]) % len(self.bodies)]
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = cast(_Host, self.server).body(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/xml" if self.path == "/feed.xml" else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Requests are no news."""


class Endless:
    """All its hosts. `waiting` stories are published and not yet fetched."""

    def __init__(self) -> None:
        bodies = [msgspec.json.decode(line)["content"].encode() for line in pages(ROUND)]
        self._hosts = [_Host(bodies) for _ in range(HOSTS)]
        self._turns = enumerate(cycle(self._hosts))
        self.sources = "\n".join(
            f'[[source]]\nid = "host{number}"\nfeeds = ["{host.base}/feed.xml"]\nrecheck_seconds = []\n'
            "interval_min_seconds = 1\ninterval_max_seconds = 2\n"
            for number, host in enumerate(self._hosts)
        )

    @property
    def waiting(self) -> int:
        return sum(len(host.published) - host.given for host in self._hosts)

    def publish(self, count: int) -> None:
        """So many new stories, one host after the other."""
        for number, host in islice(self._turns, count):
            host.published.append(number)

    def close(self) -> None:
        for host in self._hosts:
            host.shutdown()
            host.server_close()
