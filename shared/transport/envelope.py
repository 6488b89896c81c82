"""The headers around a message: CloudEvents in binary mode, the trace, and why a parked message was parked.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md section 3.2,
https://www.w3.org/TR/trace-context/. Nothing here reads a clock or draws a random number: the same message from the
same stage has the same headers, so a replay is recognised as one.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b

from shared.outcomes import Done

Headers = list[tuple[str, bytes]]


def _hash(size: int, *parts: object) -> str:
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=size).hexdigest()


def traceparent(done: Done, incoming: str = "") -> str:
    """The W3C trace header for what `done` sends on: the incoming trace continued, or one that the article names."""
    parts = incoming.split("-")
    whole = len(parts) == 4 and len(parts[1]) == 32 and parts[1] != "0" * 32
    trace = parts[1] if whole else _hash(16, "trace", done.article_id, done.revision)
    flags = parts[3] if whole else "00"
    return f"00-{trace}-{_hash(8, 'span', done.article_id, done.revision, done.stage)}-{flags}"


def event_headers(done: Done, topic: str, incoming: Mapping[str, bytes]) -> Headers:
    """Headers of the message that a stage sends on. `ce_time` is the revision: when the article was fetched."""
    when = datetime.fromtimestamp(done.revision / 1000, UTC)
    named = {
        "ce_specversion": "1.0",
        "ce_id": _hash(16, done.article_id, done.revision, done.stage, done.generation),
        "ce_type": f"wireroom.{topic}",
        "ce_source": f"/wireroom/{done.stage}",
        "ce_time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ce_subject": done.article_id,
        "content-type": "application/json",
        "traceparent": traceparent(done, incoming.get("traceparent", b"").decode("ascii", "replace")),
    }
    return [(name, value.encode()) for name, value in named.items()]


def parked_headers(
    done: Done,
    original: Iterable[tuple[str, bytes]],
    *,
    topic: str,
    partition: int,
    offset: int,
    at: datetime,
    tries: int,
) -> Headers:
    """The original headers as they were, then who parked the message, why, when, and where it stood."""
    named = {
        "parked_stage": done.stage,
        "parked_reason": str(done.reason),
        "parked_detail": done.detail,
        "parked_at": at.isoformat(),
        "parked_topic": topic,
        "parked_partition": str(partition),
        "parked_offset": str(offset),
        "parked_attempts": str(tries),
    }
    return [*original, *((name, value.encode("utf-8", "replace")) for name, value in named.items())]


def unparked(headers: Iterable[tuple[str, bytes]]) -> Headers:
    """The headers of a parked message as they were before: what a replay sends."""
    return [(name, value) for name, value in headers if not name.startswith("parked_")]
