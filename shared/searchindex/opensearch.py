"""The search index on an OpenSearch server: a monthly index each behind one alias.

The id of a document is its article's, its version is the revision and the version type `external_gte`: the server
itself refuses what is older than what it holds, whoever writes and in whatever order. It has the batch in its log on
disk before it answers; a search sees it after the next refresh.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from shared.searchindex import (
    opensearch_bulk,
    opensearch_outcomes,
    opensearch_scan,
    opensearch_search,
    opensearch_setup,
)
from shared.searchindex.document import Document
from shared.searchindex.index import Outcome, Unavailable, Verdict
from shared.searchindex.opensearch_document import action, document_of
from shared.searchindex.opensearch_homes import Homes
from shared.searchindex.opensearch_query import found_by
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.searchindex.query import Query, Results
from shared.searchindex.stored import ARTICLE_ID, Unindexable

HEALTH_SECONDS = 2


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except TransportError as error:
        raise Unavailable(str(error)) from error


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class OpenSearchIndex:
    """`SearchIndex` on a server. Several processes may write and read at once.

    Args:
        refresh: make each batch visible to searches before `apply` returns: for tests and for filling an index, as it
            costs the server many small segments.
        now: epoch milliseconds.
    """

    def __init__(
        self, settings: OpenSearchSettings, *, refresh: bool = False, now: Callable[[], int] = _milliseconds
    ) -> None:
        self._settings = settings
        self._alias = settings.opensearch_alias
        self._client: OpenSearch = connect(settings)
        self._refresh = refresh
        self._now = now
        self._forget()

    def _forget(self) -> None:
        """Knows nothing of the server, as at first: after trouble, somebody may have changed everything there."""
        self._ready = False
        self._indices: set[str] = set()
        self._homes = Homes(self._client, self._alias)

    def apply(self, batch: Sequence[Document]) -> list[Outcome]:
        """As the protocol says; one batch at a time in one process."""
        try:
            outcomes = self._apply(batch) if batch else []
        except TransportError as error:
            trouble = opensearch_outcomes.of_request(error)
            outcomes = [trouble or Outcome(Verdict.HALT, str(error))] * len(batch)
        if any(outcome.verdict is Verdict.HALT for outcome in outcomes):
            self._forget()
        return outcomes

    def _apply(self, batch: Sequence[Document]) -> list[Outcome]:
        if missing := self._missing():
            return [Outcome(Verdict.HALT, missing)] * len(batch)
        homes = self._homes.of(batch, self._now())
        outcomes: dict[int, Outcome] = {}
        actions: dict[int, bytes] = {}
        for place, document in enumerate(batch):
            home = homes[document.id]
            try:
                actions[place] = action(document, home.index, home.arrival)
            except Unindexable as error:
                outcomes[place] = Outcome(Verdict.REJECT, str(error))
        self._create({homes[batch[place].id].index for place in actions})
        self._homes.remember(homes)  # before they are sent: an answer that never came may have been a success
        limits = self._settings.opensearch_bulk_bytes, self._settings.opensearch_bulk_documents
        sent = [
            outcome
            for chunk in opensearch_bulk.chunks(list(actions.values()), *limits)
            for outcome in opensearch_bulk.send(self._client, chunk)
        ]
        outcomes |= zip(actions, sent, strict=True)
        if self._refresh:
            self._show()
        return [outcomes[place] for place in range(len(batch))]

    def _missing(self) -> str:
        """What is not set up; asked until all is. Then what others wrote before is made visible, to find its homes."""
        if not self._ready:
            if fault := opensearch_setup.fault(self._client, self._alias):
                return fault
            self._show()
            self._ready = True
        return ""

    def _show(self) -> None:
        """Makes what was written visible to searches; there may be no index yet."""
        self._client.indices.refresh(index=self._alias, params={"ignore_unavailable": "true"})

    def _create(self, indices: set[str]) -> None:
        for index in sorted(indices - self._indices):
            opensearch_setup.create(self._client, index)
            self._indices.add(index)

    def search(self, query: Query) -> Results:
        with _unavailable():
            return opensearch_search.search(self._client, self._alias, query)

    def scan(self, query: Query) -> Generator[Document, None, None]:
        with _unavailable():
            yield from opensearch_scan.scan(self._client, self._alias, found_by(query))

    def get(self, article_id: str) -> Document | None:
        if not ARTICLE_ID.fullmatch(article_id):
            return None
        body = {"query": {"ids": {"values": [article_id]}}, "_source": ["document"], "size": 1}
        with _unavailable():
            found = opensearch_search.ask(self._client, self._alias, body)["hits"]["hits"]
        return document_of(found[0]) if found else None

    def count(self) -> int:
        body = {"query": {"term": {"live": True}}, "size": 0, "track_total_hits": True}
        with _unavailable():
            return int(opensearch_search.ask(self._client, self._alias, body)["hits"]["total"]["value"])

    def healthy(self) -> bool:
        """Whether the server answers, its shards can be read and written, and the template is ours."""
        try:
            state = self._client.cluster.health(params={"request_timeout": HEALTH_SECONDS})
            return state["status"] != "red" and not opensearch_setup.fault(self._client, self._alias)
        except TransportError:
            return False

    def close(self) -> None:
        self._client.close()
