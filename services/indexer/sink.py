"""The sink: a batch of articles into the search index, each to a verdict that lets its message be acknowledged."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from services.indexer.document import document
from services.indexer.settings import IndexerSettings
from shared.messages import EnrichedArticle
from shared.observe.metrics import FETCH_TO_INDEX, GARBLED, INDEX_BATCHES, INDEX_ITEMS, PUBLISH_TO_INDEX
from shared.searchindex.document import Document
from shared.searchindex.index import Outcome, SearchIndex, Verdict

BACKLOG = timedelta(days=1)  # older than this when first seen: a source was added, and the age says nothing about us
LIVE_CHANNELS = frozenset({"feed", "sitemap", "page"})  # a file or an archive says nothing about delay either
GARBLED_FROM = 3  # misread characters; one or two are an author's slip


class Halted(RuntimeError):
    """The index is not set up, or we may not write: nothing will work until someone mends it."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def write(
    index: SearchIndex,
    articles: Sequence[EnrichedArticle],
    settings: IndexerSettings = IndexerSettings(),  # noqa: B008 - frozen
    *,
    sleep: Callable[[float], object] = time.sleep,
    jitter: Callable[[], float] = random.random,
    now: Callable[[], datetime] = _utc_now,
) -> list[Outcome]:
    """Writes a batch and returns one outcome per article, in order: applied, stale or rejected, and durable.

    Of one article only the newest revision of the batch is offered; older ones are stale with it, or offered in turn
    where it is rejected, so that the index ends the same however its messages were cut into batches.

    Documents that the index cannot take now are offered again, for as long as it takes. `sleep` is called with the
    seconds to wait in between: whoever has to stop, or to keep a connection alive meanwhile, does it there, and ends
    the wait by raising.

    Args:
        jitter: a number from 0 to 1, so that many sinks do not come back at the same moment.

    Raises:
        Halted: says what the index said.
    """
    documents = [document(article) for article in articles]
    outcomes: dict[int, Outcome] = {}
    left = list(range(len(documents)))
    while left:
        newest = _newest(documents, left)
        waits = _waits(settings, jitter)
        offered = _offer(index, [documents[place] for place in newest.values()], waits, sleep)
        outcomes |= zip(newest.values(), offered, strict=True)
        for place in left:
            top = newest[documents[place].id]
            if place not in outcomes and outcomes[top].verdict is not Verdict.REJECT:
                same = documents[place].revision == documents[top].revision
                outcomes[place] = outcomes[top] if same else Outcome(Verdict.STALE, "a newer revision came with it")
        left = [place for place in left if place not in outcomes]
    written = now()
    for place, one in enumerate(documents):
        _measure(one, outcomes[place], written)
    return [outcomes[place] for place in range(len(documents))]


def _newest(documents: Sequence[Document], places: Sequence[int]) -> dict[str, int]:
    """Article id to the place of its highest revision; of equal ones the last."""
    newest: dict[str, int] = {}
    for place in places:
        held = newest.setdefault(documents[place].id, place)
        if documents[place].revision >= documents[held].revision:
            newest[documents[place].id] = place
    return newest


def _waits(settings: IndexerSettings, jitter: Callable[[], float]) -> Iterator[float]:
    """Seconds to wait before each further offer: doubling up to the longest, and a random half of it off."""
    longest = settings.indexer_retry_first_seconds
    while True:
        yield longest * (1 - jitter() / 2)
        longest = min(2 * longest, settings.indexer_retry_longest_seconds)


def _offer(
    index: SearchIndex, documents: Sequence[Document], waits: Iterator[float], sleep: Callable[[float], object]
) -> list[Outcome]:
    """Offers documents until none of them has to be offered again."""
    outcomes: dict[str, Outcome] = {}
    left = documents
    while True:
        with INDEX_BATCHES.time():
            answered = index.apply(left)
        for one, outcome in zip(left, answered, strict=True):
            INDEX_ITEMS.labels(outcome.verdict).inc()
            if outcome.verdict is Verdict.HALT:
                raise Halted(outcome.detail)
            outcomes[one.id] = outcome
        left = [one for one in left if outcomes[one.id].verdict is Verdict.RETRY]
        if not left:
            return [outcomes[one.id] for one in documents]
        sleep(next(waits))


def _measure(document: Document, outcome: Outcome, now: datetime) -> None:
    """Damage, and the delays up to this moment, where they are our own doing and known to the minute."""
    article = document.article
    if outcome.verdict is Verdict.APPLIED and article.quality.get("mojibake", 0) >= GARBLED_FROM:
        GARBLED.inc()
    if outcome.verdict is not Verdict.APPLIED or document.withdrawn or article.source.channel not in LIVE_CHANNELS:
        return
    FETCH_TO_INDEX.observe(max(0.0, (now - article.fetched_at).total_seconds()))
    origin = article.provenance.get("published_at")
    stated = origin is not None and origin.status == "original" and origin.precision in ("minute", "second")
    if stated and outcome.new and article.first_seen_at - document.time < BACKLOG:
        PUBLISH_TO_INDEX.observe(max(0.0, (now - document.time).total_seconds()))
