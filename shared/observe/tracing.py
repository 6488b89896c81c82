"""Sends one span per message and stage to an OpenTelemetry collector, where somebody configured one.

The ids are those that the message's `traceparent` carries anyway (`trace_context.py`), so spans are made after the
fact from the outcome and nothing has to be kept open while a document is worked on. Names follow the semantic
conventions for messaging, https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from shared.observe.trace_context import Incoming, Span, parent_of, span_of
from shared.outcomes import Done
from shared.topology import STAGES

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import SpanContext

EXPORT_SECONDS = 5.0  # for one batch; a collector that is away costs spans, never articles
_processor: "SpanProcessor | None" = None


class NoSdk(RuntimeError):
    """Spans are wanted and OpenTelemetry is not installed."""


def send_to(url: str) -> None:
    """From now on spans go to `url` (OTLP over HTTP), in batches from a thread of their own, until `close`.

    Raises:
        NoSdk: the extra `otel` is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoSdk(f"to send spans to {url}, install the extra otel (requirements/otel.txt): {error}") from None
    use(BatchSpanProcessor(OTLPSpanExporter(url, timeout=EXPORT_SECONDS)))


def close() -> None:
    """Sends what is left, for a few seconds at most, and ends."""
    if _processor is not None:
        _processor.shutdown()
    use(None)


def use(processor: "SpanProcessor | None") -> None:
    """Hands the spans to `processor`, or to nobody."""
    global _processor  # noqa: PLW0603 (one per process, as the metrics and the logs)
    _processor = processor


def trace(done: Done, incoming: Incoming, now: float | None = None) -> None:
    """The span of one message at one stage, child of its producer's. Does nothing unless somebody configured it.

    Args:
        incoming: headers of the message that was worked on; none for a message that the stage made.
        now: when the outcome was known, in Unix time; the span lasts `done.seconds` up to then.
    """
    if _processor is None:
        return
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.status import Status, StatusCode

    parent = parent_of(incoming)
    stage = next(one for one in STAGES if one.name == done.stage)
    topic = stage.reads or stage.writes
    end = int((time.time() if now is None else now) * 1e9)
    span = ReadableSpan(
        f"{'process' if stage.reads else 'send'} {topic.name if topic else ''}",
        context=_context(span_of(done, parent), remote=False),
        parent=_context(parent, remote=True) if parent else None,
        resource=_resource(done.stage),
        attributes={
            "messaging.system": "kafka",
            "messaging.operation.type": "process" if stage.reads else "send",
            "messaging.destination.name": topic.name if topic else "",
            "wireroom.article_id": done.article_id,
            "wireroom.revision": done.revision,
            "wireroom.outcome": done.outcome,
            "wireroom.reason": str(done.reason or ""),
        },
        kind=SpanKind.CONSUMER if stage.reads else SpanKind.PRODUCER,
        status=Status(StatusCode.ERROR, str(done.reason)) if done.reason else Status(StatusCode.OK),
        start_time=end - int(done.seconds * 1e9),
        end_time=end,
    )
    _processor.on_end(span)


@cache
def _resource(stage: str) -> "Resource":
    from opentelemetry.sdk.resources import Resource

    return Resource.create({"service.namespace": "wireroom", "service.name": stage})


def _context(span: Span, remote: bool) -> "SpanContext":
    from opentelemetry.trace import SpanContext, TraceFlags

    return SpanContext(int(span.trace_id, 16), int(span.span_id, 16), remote, TraceFlags(span.flags))
