"""`/healthz`, `/readyz` and `/metrics` of a process, on a port of their own."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

Page = Callable[[], object]


class Health:
    """What the process says of itself. `ready` is set by whoever knows; liveness is that this answers at all.

    Liveness never depends on a broker or a search server: an outage of theirs must not restart everything here.
    """

    def __init__(self) -> None:
        self.ready = False
        self.why = "starting"

    def set(self, ready: bool, why: str = "") -> None:
        """States readiness; `why` is for people."""
        self.ready, self.why = ready, why


class HealthServer:
    """Serves in a thread until closed.

    Args:
        pages: more read-only pages, path to a function whose result msgspec can write as JSON; called in a thread.
        registry: the metrics served at `/metrics`.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        health: Health,
        host: str,
        port: int,
        pages: Mapping[str, Page] | None = None,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        more = dict(pages or {})

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/healthz":
                    self._answer(200, "text/plain", b"ok\n")
                elif self.path == "/readyz":
                    text = "ready\n" if health.ready else f"not ready: {health.why}\n"
                    self._answer(200 if health.ready else 503, "text/plain; charset=utf-8", text.encode())
                elif self.path == "/metrics":
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                elif self.path in more:
                    self._page(more[self.path])
                else:
                    self._answer(
                        404, "text/plain", f"{' '.join(('/healthz', '/readyz', '/metrics', *more))}\n".encode()
                    )

            def _page(self, page: Page) -> None:
                try:
                    body = msgspec.json.encode(page())
                except Exception:
                    structlog.get_logger().exception("page failed", path=self.path)
                    self._answer(500, "text/plain", b"this is a fault of ours; it is in the log\n")
                else:
                    self._answer(200, "application/json", body)

            def _answer(self, status: int, media_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """A probe every few seconds is no news."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
