"""What each answer of OpenSearch means, from answers recorded on 3.8.0; and how requests are cut and taken apart."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy.exceptions import (
    AuthorizationException,
    ConnectionTimeout,
    NotFoundError,
    RequestError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as Unreachable

from shared.searchindex.index import Verdict
from shared.searchindex.opensearch_bulk import chunks, send
from shared.searchindex.opensearch_outcomes import of_item, of_request

APPLIED, STALE, RETRY, REJECT, HALT = Verdict


def failed(status: int, kind: str, reason: str = "because") -> dict[str, Any]:
    return {"status": status, "error": {"type": kind, "reason": reason}}


@pytest.mark.parametrize(
    ("item", "verdict", "new"),
    [
        ({"status": 201, "result": "created"}, APPLIED, True),
        ({"status": 200, "result": "updated"}, APPLIED, False),
        (failed(409, "version_conflict_engine_exception"), STALE, False),
        (failed(400, "mapper_parsing_exception"), REJECT, False),
        (failed(400, "strict_dynamic_mapping_exception"), REJECT, False),
        (failed(404, "index_not_found_exception"), HALT, False),
        (failed(403, "security_exception"), HALT, False),
        (failed(403, "cluster_block_exception"), RETRY, False),
        (failed(429, "cluster_block_exception"), RETRY, False),
        (failed(429, "rejected_execution_exception"), RETRY, False),
        (failed(503, "unavailable_shards_exception"), RETRY, False),
        (failed(500, "illegal_state_exception"), RETRY, False),
    ],
)
def test_the_outcome_of_an_item(item, verdict, new):
    outcome = of_item(item)
    assert (outcome.verdict, outcome.new) == (verdict, new)
    if "error" in item:
        assert item["error"]["type"] in outcome.detail
        assert "because" in outcome.detail


def test_the_cause_behind_an_error_is_told():
    item = failed(400, "mapper_parsing_exception", "failed to parse")
    item["error"]["caused_by"] = {"type": "illegal_argument_exception", "reason": "no date"}
    assert "failed to parse; illegal_argument_exception: no date" in of_item(item).detail


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (Unreachable("N/A", "refused", OSError("refused")), RETRY),
        (ConnectionTimeout("TIMEOUT", "slow", OSError("slow")), RETRY),
        (TransportError(429, "circuit_breaking_exception", {}), RETRY),
        (TransportError(502, "", ""), RETRY),
        (TransportError(503, "cluster_block_exception", {"error": {"type": "cluster_block_exception"}}), RETRY),
        (AuthorizationException(403, "x", {"error": {"type": "cluster_block_exception", "reason": "full"}}), RETRY),
        (AuthorizationException(403, "security_exception", {"error": {"type": "security_exception"}}), HALT),
        (TransportError(401, "Unauthorized", ""), HALT),
        (NotFoundError(404, "index_not_found_exception", {"error": "no such index"}), HALT),
        (RequestError(400, "action_request_validation_exception", {}), None),
        (TransportError(413, "", ""), None),
    ],
)
def test_the_outcome_of_a_request_that_failed_as_a_whole(error, verdict):
    outcome = of_request(error)
    assert (outcome.verdict if outcome else None) == verdict
    if outcome:
        assert outcome.detail


class Server:
    """Answers bulk requests like one that refuses `poison` with 400 and anything over `limit` bytes with 413."""

    def __init__(self, poison: Sequence[bytes] = (), limit: int = 1 << 20) -> None:
        self.poison = poison
        self.limit = limit
        self.requests = 0

    def bulk(self, body: bytes, params: object) -> dict[str, Any]:
        self.requests += 1
        actions = body.splitlines()
        if len(body) > self.limit:
            raise TransportError(413, "", "")
        if set(actions) & {one.strip() for one in self.poison}:
            raise RequestError(400, "action_request_validation_exception", {})
        return {"items": [{"index": {"status": 201, "result": "created"}} for _ in actions]}


@given(st.integers(1, 40), st.data())
def test_a_document_that_spoils_a_request_is_rejected_alone(count, data):
    actions = [b"action %d\n" % n for n in range(count)]
    bad = data.draw(st.sets(st.integers(0, count - 1), max_size=3))
    server = Server([actions[n] for n in bad])
    outcomes = send(server, actions)  # type: ignore[arg-type]
    assert [n for n, outcome in enumerate(outcomes) if outcome.verdict is REJECT] == sorted(bad)
    assert all(outcome.verdict is APPLIED for n, outcome in enumerate(outcomes) if n not in bad)
    assert server.requests <= 1 + 2 * 6 * max(1, len(bad))  # halving 40 takes at most six steps


def test_a_request_that_is_too_large_is_halved_until_it_fits():
    server = Server(limit=30)
    outcomes = send(server, [b"12345678\n"] * 10 + [b"x" * 40 + b"\n"])  # type: ignore[arg-type]
    assert [outcome.verdict for outcome in outcomes] == [APPLIED] * 10 + [REJECT]


@given(st.lists(st.binary(min_size=1, max_size=30)), st.integers(1, 60), st.integers(1, 5))
def test_chunks_keep_order_and_limits(actions, max_bytes, max_actions):
    cut = list(chunks(actions, max_bytes, max_actions))
    assert [action for chunk in cut for action in chunk] == actions
    for chunk in cut:
        assert 1 <= len(chunk) <= max_actions
        assert len(chunk) == 1 or sum(map(len, chunk)) <= max_bytes
