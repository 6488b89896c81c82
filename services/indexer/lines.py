"""Articles from a file into the index: how a backup comes back, and how a new index is filled."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from services.indexer.settings import IndexerSettings
from services.indexer.sink import write
from shared.codec import decode
from shared.messages import EnrichedArticle
from shared.searchindex.index import SearchIndex

BATCH = 200


def load_lines(index: SearchIndex, lines: Iterable[bytes], settings: IndexerSettings) -> Counter[str]:
    """Writes the articles of JSON lines as on `article.enriched.v1`; the index keeps what is newer.

    Returns how many met which verdict.

    Raises:
        DecodeError: a line is no article.
        Halted: the index is not set up.
    """
    found: Counter[str] = Counter()
    for batch in _batches(decode(line, EnrichedArticle) for line in lines if line.strip()):
        found.update(str(outcome.verdict) for outcome in write(index, batch, settings))
    return found


def _batches(articles: Iterator[EnrichedArticle]) -> Iterator[list[EnrichedArticle]]:
    while batch := list(islice(articles, BATCH)):
        yield batch
