"""The trace that an article belongs to, carried from message to message: W3C Trace Context.

https://www.w3.org/TR/trace-context-2/ (sections 3.2 and 3.3). A trace is named by its article and revision and a span
by the stage that made it, so the same message always has the same header and a replay shows up where the first try
stood. Nothing here needs OpenTelemetry; `tracing.py` sends the spans, with the same ids, where somebody wants them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from shared.outcomes import Done

SAMPLED = 0x01
KNOWN_FLAGS = 0x03  # sampled, random trace id; others are reserved and must be sent as zero
_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)

Incoming = Iterable[tuple[str, bytes | None]]  # headers as they came; Kafka allows one without a value


@dataclass(frozen=True, slots=True)
class Span:
    """One place in a trace: 32 and 16 lower-case hex digits, and the flags that travel on."""

    trace_id: str
    span_id: str
    flags: int = SAMPLED

    def header(self) -> str:
        """As `traceparent` writes it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


def name_of(size: int, *parts: object) -> str:
    """`size` bytes, as hex, that are always the same for the same parts and else never."""
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=size).hexdigest()


def parent_of(incoming: Incoming) -> Span | None:
    """The producer's span by the `traceparent` of its message, or None where there is none that the standard allows."""
    found = _TRACEPARENT.fullmatch((dict(incoming).get("traceparent") or b"").decode("ascii", "replace"))
    if found is None or found["version"] == "ff" or (found["version"] == "00" and found["more"]):
        return None
    if not int(found["trace"], 16) or not int(found["span"], 16):
        return None
    return Span(found["trace"], found["span"], int(found["flags"], 16) & KNOWN_FLAGS)


def span_of(done: Done, parent: Span | None) -> Span:
    """The span of what `done` tells: in the trace of `parent`, or in one that the article names.

    A trace that starts here is marked as sampled: whether it is worth keeping is for the collector to say.
    """
    trace = parent.trace_id if parent else name_of(16, "trace", done.article_id, done.revision)
    span = name_of(8, "span", done.article_id, done.revision, done.stage, done.generation)
    return Span(trace, span, parent.flags if parent else SAMPLED)


def trace_headers(done: Done, incoming: Incoming) -> dict[str, bytes]:
    """The trace headers of what a stage sends on. `tracestate` belongs to the incoming trace and goes on as it came."""
    given = dict(incoming)
    parent = parent_of(given.items())
    headers = {"traceparent": span_of(done, parent).header().encode()}
    if parent and (state := given.get("tracestate")):
        headers["tracestate"] = state
    return headers
