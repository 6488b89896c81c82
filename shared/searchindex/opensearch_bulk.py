"""Bulk requests: cut by bytes, sent, and taken apart where one document spoils a whole request."""

from collections.abc import Iterator, Sequence
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from shared.searchindex import opensearch_outcomes
from shared.searchindex.index import Outcome, Verdict

ANSWER = "items.*.status,items.*.result,items.*.error"  # of what the server says, all that is read


def chunks(actions: Sequence[bytes], max_bytes: int, max_actions: int) -> Iterator[Sequence[bytes]]:
    """Runs of actions within both limits, in order; an action over the limit makes a run of its own."""
    begin, size = 0, 0
    for place, action in enumerate(actions):
        if place > begin and (size + len(action) > max_bytes or place - begin == max_actions):
            yield actions[begin:place]
            begin, size = place, 0
        size += len(action)
    if begin < len(actions):
        yield actions[begin:]


def send(client: OpenSearch, actions: Sequence[bytes]) -> list[Outcome]:
    """Sends actions as one request and returns one outcome for each.

    A request that fails as a whole because of one document (413, 400) is sent again in halves until that document
    stands alone: it is rejected, and its neighbours are not.
    """
    try:
        answer: dict[str, Any] = client.bulk(body=b"".join(actions), params={"filter_path": ANSWER})
    except TransportError as error:
        outcome = opensearch_outcomes.of_request(error)
        if outcome is not None:
            return [outcome] * len(actions)
        if len(actions) == 1:
            return [Outcome(Verdict.REJECT, f"{error.status_code} for the whole request: {error.error}")]
        middle = len(actions) // 2
        return [*send(client, actions[:middle]), *send(client, actions[middle:])]
    return [opensearch_outcomes.of_item(item["index"]) for item in answer["items"]]
