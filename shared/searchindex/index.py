"""The search index as the rest of the system sees it."""

from collections.abc import Generator, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shared.searchindex.document import Document
from shared.searchindex.query import Query, Results


class Verdict(StrEnum):
    """What became of one document of a batch."""

    APPLIED = "applied"
    STALE = "stale"  # the index holds this or a newer revision: a success
    RETRY = "retry"  # the engine is busy or away: offer it again
    REJECT = "reject"  # this document can never be indexed
    HALT = "halt"  # the index is not set up or not permitted: nothing will work until someone mends it


class Outcome(Struct, frozen=True):
    verdict: Verdict
    detail: str = ""
    new: bool = False  # applied, and the index held nothing of this article before


class Unavailable(Exception):
    """The search engine cannot answer now."""


class SearchIndex(Protocol):
    """Idempotent by (article id, revision): the same batch twice leaves the same index.

    A revision equal to the indexed one is applied again; a lower one is stale. Withdrawn documents are kept, so that a
    late replay of an older revision stays stale, and never found.
    """

    def apply(self, batch: Sequence[Document]) -> list[Outcome]:
        """Writes a batch durably and returns one outcome per document, in order.

        Searches see it at once, or, on a server, within its refresh interval.
        """

    def search(self, query: Query) -> Results:
        """Answers a query.

        Raises:
            BadCursor: the cursor is not one of ours.
            Unavailable: the engine is away.
        """

    def scan(self, query: Query) -> Generator[Document, None, None]:
        """Every document that a query finds, by time and id, as the index stands when the first is asked for.

        What is written meanwhile changes nothing of it: nothing is left out, comes twice or in another revision. The
        query's `sort`, `size`, `cursor` and `facets` do not count. Only a part of what is found is in memory at once.
        Close a scan that is not read to its end.

        Raises:
            Unavailable: at any step; what was given until then is not all.
        """

    def get(self, article_id: str) -> Document | None:
        """The newest revision of an article, withdrawn ones included; None where it was never indexed."""

    def count(self) -> int:
        """Live documents."""

    def healthy(self) -> bool:
        """Whether searches and writes can be expected to work now."""

    def close(self) -> None: ...
