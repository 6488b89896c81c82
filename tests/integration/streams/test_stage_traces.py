"""Spans of a stage on both client libraries: the producer's child, and the parent that the next message names."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.topology import CLEAN, RAW
from tests.integration.streams.conftest import Toy, drained
from tests.streams.bus import Bus, page

pytestmark = pytest.mark.integration
TRACE, PRODUCER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        spans = self.spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/traces"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    one = Collector()
    yield one
    one.close()


def test_spans_hang_together_across_a_stage_and_leave_before_it_ends(bus: Bus, toy: Toy, collector: Collector):
    headers = [("traceparent", f"00-{TRACE}-{PRODUCER}-01".encode()), ("tracestate", b"theirs=1")]
    bus.send(RAW, [page("good"), page("bad", "reject why")], headers)
    bus.send(RAW, [page("alone")])
    process = toy(traces_url=collector.url)
    drained(bus, process)
    assert process.stop() == 0

    spans = {span.span_id.hex(): span for span in collector.spans}
    assert len(spans) == len(collector.spans) == 3
    children = [span for span in spans.values() if span.trace_id.hex() == TRACE]
    assert [span.parent_span_id.hex() for span in children] == [PRODUCER, PRODUCER]
    (rejected,) = [span for span in children if span.status.message == "empty"]
    (alone,) = [span for span in spans.values() if not span.parent_span_id]
    passed = [record.head for record in bus.read(CLEAN)]
    assert {head["traceparent"] for head in passed} == {
        f"00-{span.trace_id.hex()}-{span.span_id.hex()}-01" for span in spans.values() if span is not rejected
    }
    assert sorted(head.get("tracestate", "") for head in passed) == ["", "theirs=1"]
    (parked,) = bus.read(RAW.rejected)
    assert parked.head["traceparent"] == f"00-{TRACE}-{PRODUCER}-01", "a parked message keeps what it came with"
    assert alone.end_time_unix_nano >= alone.start_time_unix_nano > 0
