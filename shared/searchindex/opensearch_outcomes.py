"""What an answer of OpenSearch to a write means for the documents in it.

The table was measured on 3.8.0, and follows what other sinks learned: a conflict is a success, only a document's own
fault rejects it, and what needs a person's hand stops everything (`docs/decisions/0005-one-reading-two-engines.md`).
"""

from typing import Any

from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import TransportError

from shared.searchindex.index import Outcome, Verdict

MAX_DETAIL = 500  # characters of the server's own words
BLOCKED = "cluster_block_exception"  # a full disk or a read-only index: it passes when somebody or something mends it


def of_item(item: dict[str, Any]) -> Outcome:
    """The outcome of one item of a bulk answer."""
    status = int(item["status"])
    error = item.get("error") or {}
    kind, detail = str(error.get("type", "")), _detail(error)
    if status < 300:
        return Outcome(Verdict.APPLIED, new=item.get("result") == "created")
    if status == 409:
        return Outcome(Verdict.STALE, detail)
    if status == 400:
        return Outcome(Verdict.REJECT, detail)
    return Outcome(_of_trouble(status, kind), detail)


def of_request(error: TransportError) -> Outcome | None:
    """The outcome for every document of a request that failed as a whole.

    None where one of them may be to blame (too large, or not valid): the request has to be taken apart.
    """
    if isinstance(error, Unreachable):
        return Outcome(Verdict.RETRY, str(error)[:MAX_DETAIL])
    if error.status_code in (400, 413):
        return None
    body = error.info if isinstance(error.info, dict) else {}
    cause = body.get("error") or {}
    cause = cause if isinstance(cause, dict) else {"reason": str(cause)}
    return Outcome(_of_trouble(int(error.status_code), str(cause.get("type", ""))), _detail(cause) or str(error))


def _of_trouble(status: int, kind: str) -> Verdict:
    """Trouble that is not the document's: whether it passes by itself."""
    return Verdict.RETRY if status == 429 or status >= 500 or kind == BLOCKED else Verdict.HALT


def _detail(error: dict[str, Any]) -> str:
    cause = error.get("caused_by") or {}
    said = [f"{one['type']}: {one.get('reason', '')}" for one in (error, cause) if "type" in one]
    return "; ".join(said)[:MAX_DETAIL] if said else str(error.get("reason", ""))[:MAX_DETAIL]
