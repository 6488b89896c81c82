"""Writes down what became of one message at one stage: once in the metrics, the log, and the trace if one is kept."""

import time
from typing import get_args, get_type_hints

import structlog

from shared.observe import metrics
from shared.observe.trace_context import Incoming
from shared.observe.tracing import trace
from shared.outcomes import Done, Reason


def begin(stage: str) -> None:
    """Makes every series of a stage exist at 0, once at its start.

    Prometheus sees an increase only between two samples: a counter that begins to exist at its first rejection hides
    that rejection (https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics).
    """
    for outcome in get_args(get_type_hints(Done)["outcome"]):
        metrics.MESSAGES.labels(stage, outcome)
    for reason in Reason:
        metrics.REJECTED.labels(stage, reason)
    metrics.STAGE_DURATION.labels(stage)


def record(done: Done, incoming: Incoming = ()) -> None:
    """Called by the transport, once per message and stage.

    Args:
        incoming: headers of the message that was worked on, where it had any.
    """
    metrics.MESSAGES.labels(done.stage, done.outcome).inc()
    metrics.STAGE_DURATION.labels(done.stage).observe(done.seconds)
    if done.reason:
        metrics.REJECTED.labels(done.stage, done.reason).inc()
    else:
        metrics.LAST_SUCCESS.labels(done.stage).set(time.time())
    structlog.get_logger().info(
        "article",
        stage=done.stage,
        outcome=done.outcome,
        reason=str(done.reason or ""),
        article_id=done.article_id,
        revision=done.revision,
        url=done.url,
        milliseconds=round(done.seconds * 1000, 1),
        detail=done.detail,
    )
    trace(done, incoming)
