"""Writes down what became of one request: once in the metrics, once in the log, with the keys that all stages share."""

from functools import cache

import structlog

from services.fetcher.records import ArticleRecord, FeedRecord
from shared.observe import metrics
from shared.outcomes import Refusal
from shared.topology import FETCHER

_polls = cache(metrics.FEED_POLLS.labels)


def _log(
    event: str, outcome: str, url: str, seconds: float, reason: str, detail: str, article: ArticleRecord | None
) -> None:
    structlog.get_logger().info(
        event,
        stage=FETCHER.name,
        outcome=outcome,
        reason=reason,
        article_id=article.article_id if article else "",
        revision=article.revision if article else 0,
        url=url,
        milliseconds=round(seconds * 1000, 1),
        detail=detail,
    )


def poll(feed: FeedRecord, seconds: float) -> None:
    """A feed or sitemap was asked. One that was not modified is counted only: a line for each would say nothing."""
    _polls(feed.outcome).inc()
    if feed.outcome != "not_modified":
        _log("feed", feed.outcome, feed.url, seconds, "", feed.detail, None)


def page(
    outcome: str,
    url: str,
    seconds: float,
    *,
    reason: Refusal | None = None,
    detail: str = "",
    article: ArticleRecord | None = None,
) -> None:
    """The address of an article was asked: `outcome` is one of those that `metrics.URLS` lists."""
    metrics.URLS.labels(outcome).inc()
    if reason and outcome == "refused":
        metrics.REFUSALS.labels(reason).inc()
    _log("url", outcome, url, seconds, str(reason or ""), detail, article)


def rest(origin: str, status: int, seconds: float) -> None:
    """An origin asked to be left alone."""
    _log("rest", "failed", origin, 0.0, "", f"status {status}, left alone for {seconds:.0f} s", None)
