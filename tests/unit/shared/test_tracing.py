"""Spans as OpenTelemetry's own SDK exports them, and nothing at all without a configuration."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from shared.observe import tracing
from shared.outcomes import Done, Reason
from shared.topology import PIPELINE
from shared.transport.envelope import Headers, event_headers

ROOT = Path(__file__).parent.parent.parent.parent
ARTICLE = "5e884898da28047151d0e56f8dc62927"
DONE = Done(stage="cleaner", outcome="passed", article_id=ARTICLE, revision=1_763_800_000_000, seconds=0.25)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.use(None)


def sent(done: Done, incoming: Headers) -> Headers:
    return event_headers(done, "-", incoming)


def test_each_stage_is_the_child_of_its_producer_and_the_parent_in_its_header(spans: InMemorySpanExporter) -> None:
    incoming: Headers = []
    for stage in PIPELINE:
        done = replace(DONE, stage=stage.name)
        tracing.trace(done, incoming)
        incoming = sent(done, incoming)
        span = spans.get_finished_spans()[-1]
        header = f"00-{format_trace_id(span.context.trace_id)}-{format_span_id(span.context.span_id)}-01"
        assert dict(incoming)["traceparent"] == header.encode()
    first, *others = spans.get_finished_spans()
    assert first.parent is None
    for before, span in zip((first, *others), others, strict=False):
        assert span.parent.span_id == before.context.span_id
        assert span.parent.is_remote
        assert span.context.trace_id == first.context.trace_id
    assert [span.resource.attributes["service.name"] for span in (first, *others)] == [one.name for one in PIPELINE]
    assert [first.kind, *{span.kind for span in others}] == [SpanKind.PRODUCER, SpanKind.CONSUMER]


def test_a_span_lasts_as_long_as_the_work_and_names_its_message(spans: InMemorySpanExporter) -> None:
    tracing.trace(DONE, (), now=1000.0)
    (span,) = spans.get_finished_spans()
    assert (span.start_time, span.end_time) == (999_750_000_000, 1_000_000_000_000)
    assert span.name == "process article.raw.v1"
    assert span.attributes["messaging.destination.name"] == "article.raw.v1"
    assert span.attributes["wireroom.article_id"] == ARTICLE
    assert span.status.status_code is StatusCode.OK


def test_a_rejection_is_an_error_with_its_reason(spans: InMemorySpanExporter) -> None:
    tracing.trace(Done(stage="tagger", outcome="rejected", reason=Reason.TIMEOUT, article_id=ARTICLE), ())
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "timeout")
    assert span.attributes["wireroom.reason"] == "timeout"


def test_a_trace_that_its_producer_does_not_sample_is_not_exported(spans: InMemorySpanExporter) -> None:
    tracing.trace(DONE, [("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")])
    assert not spans.get_finished_spans()


def test_a_redelivered_message_is_the_same_span(spans: InMemorySpanExporter) -> None:
    tracing.trace(DONE, ())
    tracing.trace(DONE, ())
    first, second = spans.get_finished_spans()
    assert first.context.span_id == second.context.span_id


def test_without_a_configuration_opentelemetry_is_not_even_imported() -> None:
    code = (
        "import sys; from shared.observe.record import record; from shared.outcomes import Done; "
        "record(Done(stage='cleaner', outcome='passed')); "
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_without_the_sdk_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['opentelemetry.sdk.trace.export'] = None; "
        "from shared.observe import tracing; tracing.send_to('http://127.0.0.1:1/v1/traces')"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "install the extra otel" in result.stderr


TRACE_ONE = (
    "import sys; from shared.observe import tracing; from shared.outcomes import Done; "
    "tracing.send_to(sys.argv[1]); tracing.trace(Done(stage='cleaner', outcome='passed', article_id='a'), ()); "
    "tracing.close()"
)


def test_a_process_sends_what_it_has_before_it_ends() -> None:
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1/traces"
        result = subprocess.run([sys.executable, "-c", TRACE_ONE, url], cwd=ROOT, capture_output=True, timeout=30)
        server.shutdown()
    assert result.returncode == 0, result.stderr
    (resource,) = ExportTraceServiceRequest.FromString(bodies[0]).resource_spans
    assert resource.scope_spans[0].spans[0].name == "process article.raw.v1"


def test_a_collector_that_is_away_holds_nobody_up() -> None:
    url = "http://127.0.0.1:1/v1/traces"
    result = subprocess.run([sys.executable, "-c", TRACE_ONE, url], cwd=ROOT, capture_output=True, timeout=20)
    assert result.returncode == 0, result.stderr
