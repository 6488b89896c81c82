"""Writes down what became of one message at one stage: once in the metrics, the log, and the trace if one is kept."""

import time

import structlog

from shared.observe import metrics
from shared.observe.trace_context import Incoming
from shared.observe.tracing import trace
from shared.outcomes import Done


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
