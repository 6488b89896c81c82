"""What the fault tests fetch: the newsroom with generated articles, and real pages, all on loopback."""

import gzip
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from shared.identity import identity_key
from tests.streams.process import Process, wait_until


@dataclass(frozen=True)
class Expected:
    """What the origin says of one article."""

    keys: frozenset[str]  # identity keys of its addresses
    state: str  # live, teaser, withdrawn, refused; page: a real one, of which only the address is known
    title: str = ""
    words: tuple[str, ...] = ()


class Newsroom:
    """The newsroom's process and its account of itself."""

    def __init__(self, folder: Path, articles: int, pace: float) -> None:
        options = {"data": folder / "newsroom", "articles": articles, "pace": pace, "crawl_delay": 0}
        arguments = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        log = folder / "newsroom.log"
        self.process = Process("services.newsroom", log, {"newsroom_ports": "0,0,0,0,0"}, arguments)
        wait_until("the newsroom listens", lambda: "truth at" in log.read_text())
        self._control = log.read_text().rpartition("truth at ")[2].split("/truth")[0].strip()
        self.sources: str = self._get("/sources.toml")

    def expected(self) -> list[Expected]:
        """One for every article that has appeared."""
        lines: list[dict[str, Any]] = [json.loads(line) for line in self._get("/truth.jsonl").splitlines()]
        return [
            Expected(
                keys=frozenset({identity_key(line["url"]), identity_key(line["linked"])}),
                state=line["state"],
                title=line["title"],
                words=tuple(line["words"]),
            )
            for line in lines
        ]

    def _get(self, path: str) -> str:
        with urlopen(self._control + path, timeout=20) as answer:
            text: str = answer.read().decode()
            return text


class Pages:
    """Real pages under addresses of our own, named by a feed."""

    def __init__(self, data: Path, count: int) -> None:
        with gzip.open(data / "pages" / "wcxb-articles.jsonl.gz", "rt", encoding="utf-8") as lines:
            bodies = [json.loads(line)["html"].encode() for line in islice(lines, count)]
        pages = {f"/story/{number}": body for number, body in enumerate(bodies)}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = feed if self.path == "/feed.xml" else pages.get(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/xml" if body is feed else "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Requests are no news."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        items = "".join(f"<item><title>Story</title><link>{self.base}{path}</link></item>" for path in pages)
        feed = f"<rss version='2.0'><channel><title>Pages</title>{items}</channel></rss>".encode()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.sources = f'\n[[source]]\nid = "pages"\nfeeds = ["{self.base}/feed.xml"]\nrecheck_seconds = []\n'
        self.expected = [Expected(frozenset({identity_key(self.base + path)}), "page") for path in pages]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def hosts(sources: str) -> Sequence[str]:
    """The host:port pairs that stand in a sources.toml."""
    return sorted({part.split("/")[0].rstrip('"') for part in sources.split("http://")[1:]})
