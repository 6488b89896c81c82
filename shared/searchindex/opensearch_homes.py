"""In which monthly index each article lives.

An article lives where it was first written, for good: in the index of the month in which it was first seen then. A
fetcher that lost its store may later say another month, and would make a second copy; so the index is asked first.
Searches see a write only after a refresh, so what this process wrote lately it remembers itself.
"""

from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct
from opensearchpy import OpenSearch

from shared.searchindex.document import Document
from shared.searchindex.opensearch_search import ask

ASKED_AT_ONCE = 1_000  # ids in one question; the server answers at most 10,000
REMEMBERED = 100_000  # articles; more than are written between two refreshes


class Home(Struct, frozen=True):
    """The index of an article, and when it came there: epoch milliseconds of its first write."""

    index: str
    arrival: int


class Homes:
    """The homes of the articles behind one alias."""

    def __init__(self, client: OpenSearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._lately: OrderedDict[str, Home] = OrderedDict()

    def of(self, documents: Sequence[Document], now: int) -> dict[str, Home]:
        """The home of each document, by id: where it lives already, else the index of its month, from `now` on.

        Raises:
            TransportError: the server cannot say.
        """
        homes = {one.id: self._lately[one.id] for one in documents if one.id in self._lately}
        strangers = [one.id for one in documents if one.id not in homes]
        for begin in range(0, len(strangers), ASKED_AT_ONCE):
            homes |= self._ask(strangers[begin : begin + ASKED_AT_ONCE])
        for one in documents:
            homes.setdefault(one.id, Home(f"{self._alias}-{one.indexed_month}", now))
        return homes

    def remember(self, homes: dict[str, Home]) -> None:
        """Keeps in mind what is written now."""
        for article_id, home in homes.items():
            self._lately[article_id] = home
            self._lately.move_to_end(article_id)
        while len(self._lately) > REMEMBERED:
            self._lately.popitem(last=False)

    def _ask(self, ids: Sequence[str]) -> dict[str, Home]:
        body = {
            "query": {"ids": {"values": list(ids)}},
            "size": len(ids),
            "_source": False,
            "docvalue_fields": ["arrival"],
            "sort": [{"arrival": "desc"}],  # of two copies, which there should not be, the first to come is the home
            "track_total_hits": False,
        }
        answer = ask(self._client, self._alias, body)
        return {hit["_id"]: Home(hit["_index"], int(hit["fields"]["arrival"][0])) for hit in answer["hits"]["hits"]}
