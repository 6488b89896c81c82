"""`/healthz` is the process, `/readyz` the assignment, `/metrics` the numbers."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.observe.fetching import FeedStatus, Fetching
from shared.observe.health import Health, HealthServer
from shared.observe.record import record
from shared.outcomes import Done
from tests.fixtures.serving import get


def broken() -> object:
    raise RuntimeError("no state")


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED = FeedStatus(source="a", url="https://a.example/feed", asked_at=NOON)
PAGES = {"/sources": lambda: Fetching(fates={"gone": 1}, feeds=(FEED,)), "/broken": broken}


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def base(health: Health) -> Iterator[str]:
    server = HealthServer(health, "127.0.0.1", 0, PAGES)
    yield f"http://127.0.0.1:{server.port}"
    server.close()


def test_a_process_is_alive_before_it_is_ready_and_says_why_not(base: str) -> None:
    assert (get(f"{base}/healthz").status, get(f"{base}/healthz").text) == (200, "ok\n")
    assert (get(f"{base}/readyz").status, get(f"{base}/readyz").text) == (503, "not ready: starting\n")


def test_readiness_follows_the_assignment_and_liveness_does_not(base: str, health: Health) -> None:
    for ready, why, status, text in (
        (True, "", 200, "ready\n"),
        (False, "the broker is away — 20 s", 503, "not ready: the broker is away — 20 s\n"),
        (True, "", 200, "ready\n"),
        (False, "stopping", 503, "not ready: stopping\n"),
    ):
        health.set(ready, why)
        assert (get(f"{base}/readyz").status, get(f"{base}/readyz").text) == (status, text)
        assert get(f"{base}/healthz").status == 200


def test_metrics_are_what_prometheus_reads(base: str) -> None:
    record(Done(stage="tagger", outcome="passed", seconds=0.01))
    answer = get(f"{base}/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    assert any(one.name == "wireroom_messages_total" and one.labels["stage"] == "tagger" for one in samples)


def test_more_pages_are_json(base: str) -> None:
    answer = get(f"{base}/sources")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json["fates"] == {"gone": 1}
    assert answer.json["feeds"][0]["asked_at"] == "2026-11-22T12:00:00Z"


def test_a_page_that_fails_says_so_and_the_process_stays_alive(base: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(f"{base}/broken").status == 500
    assert get(f"{base}/healthz").status == 200


def test_other_paths_are_told_what_there_is(base: str) -> None:
    answer = get(f"{base}/")
    assert (answer.status, answer.text) == (404, "/healthz /readyz /metrics /sources /broken\n")


def test_a_client_that_says_nothing_keeps_nobody_else_waiting(base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert get(f"{base}/healthz").status == 200


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        HealthServer(Health(), "127.0.0.1", taken.getsockname()[1])
