"""A batch of messages as the transport hands it over: written, and told as outcomes."""

import time
from collections.abc import Callable, Sequence

import structlog

from services.indexer.settings import IndexerSettings
from services.indexer.sink import Halted, write
from shared.messages import EnrichedArticle
from shared.observe.metrics import SERVER_REACHABLE
from shared.outcomes import Done, Reason
from shared.searchindex.index import Outcome, SearchIndex, Verdict
from shared.topology import INDEXER


def write_batch(
    index: SearchIndex,
    settings: IndexerSettings,
    articles: Sequence[EnrichedArticle],
    sleep: Callable[[float], None],
) -> list[Done]:
    """Writes a batch, however long that takes, and returns one outcome per article, in order.

    An index that is not set up, or that we may not write, is waited for as one that is away: someone will mend it.

    Args:
        sleep: called with the seconds to wait while the index cannot take the batch; ends the wait by raising.
    """

    started = time.perf_counter()

    def wait(seconds: float) -> None:
        SERVER_REACHABLE.labels("search").set(0)
        sleep(seconds)

    while True:
        try:
            outcomes = write(index, articles, settings, sleep=wait)
            break
        except Halted as halted:
            structlog.get_logger().error("index cannot be written", stage=INDEXER.name, detail=str(halted))
            wait(settings.indexer_retry_longest_seconds)
    SERVER_REACHABLE.labels("search").set(1)
    seconds = time.perf_counter() - started
    return [done(article, outcome, seconds) for article, outcome in zip(articles, outcomes, strict=True)]


def done(article: EnrichedArticle, outcome: Outcome, seconds: float) -> Done:
    """What became of an article at the index: rejected as unmappable, or passed, with the verdict as the detail.

    Args:
        seconds: that its batch took: an article waits for its neighbours.
    """
    refused = outcome.verdict is Verdict.REJECT
    return Done(
        stage=INDEXER.name,
        outcome="rejected" if refused else "passed",
        reason=Reason.UNMAPPABLE if refused else None,
        detail=outcome.detail[:1024] if refused else str(outcome.verdict),
        article_id=article.article_id,
        revision=article.revision,
        generation=article.generation,
        url=article.url,
        seconds=seconds,
    )
