"""What is kept of a message that was parked."""

from typing import TypeVar

import msgspec

from shared.identity import digest
from shared.outcomes import Done, Reason

POLICY = frozenset({Reason.POLICY_NOINDEX, Reason.POLICY_TDM})  # the publisher's wish: a digest, not the body
M = TypeVar("M", bytes, bytes | None)


def parked_value(done: Done, message: M) -> M:
    """The message byte for byte; for a policy rejection a small JSON object with its identity and digest."""
    if done.reason not in POLICY:
        return message
    facts = {
        "article_id": done.article_id,
        "revision": done.revision,
        "url": done.url,
        "digest": digest(message or b""),
    }
    return msgspec.json.encode(facts)
