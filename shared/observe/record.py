"""Writes down what became of one message at one stage: once in the metrics, once in the log."""

import time

import structlog

from shared.observe import metrics
from shared.outcomes import Done


def record(done: Done) -> None:
    """Called by the transport, once per message and stage."""
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
