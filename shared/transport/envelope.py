"""The headers around a message: CloudEvents in binary mode, the trace, and why a parked message was parked.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md section 3.2,
https://www.w3.org/TR/trace-context-2/. Nothing here reads a clock or draws a random number: the same message from the
same stage has the same headers, so a replay is recognised as one.
"""

from datetime import UTC, datetime, timedelta

from shared.observe.trace_context import Incoming, name_of, trace_headers
from shared.outcomes import Done

Headers = list[tuple[str, bytes | None]]  # Kafka allows a header without a value
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def event_headers(done: Done, topic: str, incoming: Incoming) -> Headers:
    """Headers of the message that a stage sends on. `ce_time` is the revision: when the article was fetched."""
    when = EPOCH + timedelta(milliseconds=done.revision)  # no float: in some centuries it is a millisecond off
    named = {
        "ce_specversion": "1.0",
        "ce_id": name_of(16, done.article_id, done.revision, done.stage, done.generation),
        "ce_type": f"wireroom.{topic}",
        "ce_source": f"/wireroom/{done.stage}",
        "ce_time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ce_subject": done.article_id,
        "content-type": "application/json",
    }
    return [*((name, value.encode()) for name, value in named.items()), *trace_headers(done, incoming).items()]


def parked_headers(
    done: Done,
    original: Incoming,
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


def unparked(headers: Incoming) -> Headers:
    """The headers of a parked message as they were before: what a replay sends."""
    return [(name, value) for name, value in headers if not name.startswith("parked_")]
