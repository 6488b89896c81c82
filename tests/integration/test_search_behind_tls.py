"""OpenSearch behind TLS and a login: who has certificate and password gets in, nobody else does."""

import secrets
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace

from shared.searchindex.index import Unavailable, Verdict
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.searchindex.query import Query
from tests.fixtures.press import PRESS, document
from tests.fixtures.programs import program
from tests.servers.opensearch_fixtures import NewSettings

pytestmark = pytest.mark.integration

USER, PASSWORD = "wireroom", secrets.token_urlsafe(24)


def gate(server: str, certificate: Path, key: Path) -> ThreadingHTTPServer:
    """A proxy on loopback that speaks TLS, wants the login, and passes everything on to `server`."""
    wanted = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != wanted:
                self._answer(401, b"{}", "application/json")
                return
            headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
            request = urllib.request.Request(server + self.path, body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    self._answer(answer.status, answer.read(), answer.headers.get("Content-Type", ""))
            except urllib.error.HTTPError as error:
                with error:
                    self._answer(error.code, error.read(), error.headers.get("Content-Type", ""))

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass

        def _answer(self, status: int, body: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    gate = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gate.socket = context.wrap_socket(gate.socket, server_side=True)
    threading.Thread(target=gate.serve_forever, daemon=True).start()
    return gate


@pytest.fixture
def secured(new_opensearch: NewSettings, tmp_path: Path) -> Iterator[OpenSearchSettings]:
    """Settings with everything that the gate wants."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    command = [program("openssl", "openssl"), *make.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    plain = new_opensearch()
    proxy = gate(plain.opensearch_url, certificate, key)
    yield replace(
        plain,
        opensearch_url=f"https://127.0.0.1:{proxy.server_address[1]}",
        opensearch_user=USER,
        opensearch_password=PASSWORD,
        opensearch_ca_file=str(certificate),
    )
    proxy.shutdown()
    proxy.server_close()


def test_articles_go_in_and_are_found_through_tls_and_a_login(secured: OpenSearchSettings):
    index = OpenSearchIndex(secured, refresh=True)
    outcomes = index.apply([document(article) for article in PRESS])
    assert {outcome.verdict for outcome in outcomes} == {Verdict.APPLIED}
    assert index.healthy()
    assert index.search(Query()).total == len(PRESS)
    index.close()


@pytest.mark.parametrize(
    "change",
    [{"opensearch_password": "not-the-password-at-all"}, {"opensearch_user": ""}, {"opensearch_ca_file": ""}],
    ids=["wrong password", "no login", "unknown certificate"],
)
def test_without_all_three_nothing_is_had_and_nothing_hangs(secured: OpenSearchSettings, change: dict[str, str]):
    index = OpenSearchIndex(replace(secured, **change), refresh=True)
    assert not index.healthy()
    with pytest.raises(Unavailable):
        index.search(Query())
    (outcome,) = index.apply([document(PRESS[0])])
    assert outcome.verdict in (Verdict.HALT, Verdict.RETRY)  # nobody's article is at fault
    index.close()
