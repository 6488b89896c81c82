"""A real Alertmanager with the shipped configuration: a dead broker is told once, whatever follows from it."""

import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.fixtures.programs import program
from tests.servers.kafka_broker import free_port

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
GROUP_WAIT = 2.0  # in place of the shipped 30 seconds
SETTLED = 3 * GROUP_WAIT

pytestmark = pytest.mark.integration


class Hook:
    """Receives what Alertmanager sends: (receiver, names of the firing alerts)."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[str]]] = []
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                names = [
                    f"{one['labels']['alertname']} {one['labels'].get('stage', '')}".strip() for one in body["alerts"]
                ]
                told.append((body["receiver"], sorted(names)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    one = Hook()
    yield one
    one.close()


@pytest.fixture
def alertmanager(tmp_path: Path, hook: Hook) -> Iterator[str]:
    """Address of an Alertmanager that runs the shipped file, its example receivers pointed at `hook`."""
    binary = program("prometheus-alertmanager", "prometheus-alertmanager")
    text = re.sub(r"^(\s+)# (webhook_configs:|  - url:|    send_resolved:)", r"\1\2", SHIPPED.read_text(), flags=re.M)
    text = re.sub(r"url: \S+", f"url: http://127.0.0.1:{hook.port}/", text)
    text = text.replace("group_wait: 30s", f"group_wait: {GROUP_WAIT:.0f}s")
    (tmp_path / "alertmanager.yml").write_text(text)
    port = free_port()
    command = [binary, f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/data"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"{address}/-/ready", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def fire(address: str, *alerts: tuple[str, str, str]) -> None:
    """Posts alerts as Prometheus would: (name, severity, stage)."""
    body = [
        {"labels": {"alertname": name, "severity": severity} | ({"stage": stage} if stage else {})}
        for name, severity, stage in alerts
    ]
    request = urllib.request.Request(
        f"{address}/api/v2/alerts", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=5).close()


STAGES = ("cleaner", "tagger", "enricher", "indexer")


def test_a_dead_broker_is_told_once(alertmanager: str, hook: Hook) -> None:
    fire(
        alertmanager,
        ("BrokerAway", "page", ""),
        *(("StageStalled", "page", stage) for stage in STAGES),
        *(("StagePaused", "page", stage) for stage in STAGES),
        *(("LagGrowing", "ticket", stage) for stage in STAGES),
        ("OutboxStuck", "page", "fetcher"),
        ("NothingArriving", "page", "fetcher"),
        ("CanaryLate", "page", ""),
        ("FreshnessBudgetBurnsFast", "page", ""),
    )
    time.sleep(SETTLED)
    assert hook.told == [("page", ["BrokerAway"])]


def test_one_alert_of_many_stages_is_one_message_and_a_ticket_is_no_page(alertmanager: str, hook: Hook) -> None:
    fire(
        alertmanager,
        *(("StagePaused", "page", stage) for stage in STAGES),
        ("RejectedRising", "ticket", "cleaner"),
    )
    time.sleep(SETTLED)
    assert sorted(hook.told) == [
        ("page", [f"StagePaused {stage}" for stage in sorted(STAGES)]),
        ("ticket", ["RejectedRising cleaner"]),
    ]


def test_a_dead_process_holds_back_only_what_follows_from_it(alertmanager: str, hook: Hook) -> None:
    fire(
        alertmanager,
        ("ProcessDown", "page", "cleaner"),
        ("LagGrowing", "ticket", "cleaner"),
        ("LagGrowing", "ticket", "tagger"),
        ("CanaryLate", "page", ""),
    )
    time.sleep(SETTLED)
    assert sorted(hook.told) == [("page", ["ProcessDown cleaner"]), ("ticket", ["LagGrowing tagger"])]


def test_search_being_away_holds_back_the_indexer_and_no_other_stage(alertmanager: str, hook: Hook) -> None:
    fire(
        alertmanager,
        ("SearchAway", "page", "indexer"),
        ("StagePaused", "page", "indexer"),
        ("StagePaused", "page", "enricher"),
        ("CanaryLate", "page", ""),
    )
    time.sleep(SETTLED)
    assert sorted(hook.told) == [("page", ["SearchAway indexer"]), ("page", ["StagePaused enricher"])]
