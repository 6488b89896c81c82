"""One message through one stage: decode, call, encode, and name the outcome.

Faust, kafka-python and the in-process run all call this same step, so a run without a broker is the real code with a
smaller postman. A step never raises and never counts: it returns what happened and the transport counts it once.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import DecodeError

from shared import codec
from shared.messages import Article
from shared.outcomes import Done, Reason, Reject
from shared.topology import MAX_MESSAGE_BYTES, Stage

Work = Callable[[Any], Article]


def _done(stage: Stage, article: Article | None, **facts: Any) -> Done:
    known = (
        {name: getattr(article, name) for name in ("article_id", "revision", "generation", "url")} if article else {}
    )
    return Done(stage=stage.name, **known, **facts)


def rejected(stage: Stage, reason: Reason, detail: str, article: Article | None = None, seconds: float = 0.0) -> Done:
    """The outcome of a message that can never pass. `detail` is cut to 1,024 characters: it travels in a header."""
    return _done(stage, article, outcome="rejected", reason=reason, detail=detail[:1024], seconds=seconds)


def withdrawn_as(article: Article, message: type[Article]) -> Article:
    """A withdrawn article has no content and passes each stage untouched: the same facts as the next message."""
    return message(**{name: getattr(article, name) for name in Article.__struct_fields__})


def step(stage: Stage, work: Work, data: bytes) -> Done:
    """Runs `work` (message in, next message out) on the encoded message `data`."""
    started = time.perf_counter()
    article: Article | None = None
    if stage.reads is None or stage.writes is None:
        raise ValueError(f"{stage.name} is not a stage in the middle")
    try:
        article = codec.decode(data, stage.reads.message)
        after = withdrawn_as(article, stage.writes.message) if article.state == "withdrawn" else work(article)
        out = codec.encode(after)
        if len(out) > MAX_MESSAGE_BYTES:
            raise Reject(Reason.TOO_LARGE, f"{len(out)} bytes encoded, the limit is {MAX_MESSAGE_BYTES}")
    except Reject as declined:
        return rejected(stage, declined.reason, declined.detail, article, time.perf_counter() - started)
    except (DecodeError, UnicodeDecodeError) as error:
        return rejected(stage, Reason.UNDECODABLE, str(error), article, time.perf_counter() - started)
    except MemoryError:
        return rejected(stage, Reason.OUT_OF_MEMORY, "MemoryError", article, time.perf_counter() - started)
    except Exception as error:  # whatever one document does, its neighbours go on
        detail = f"{type(error).__name__}: {error}"
        return rejected(stage, Reason.CRASHED, detail, article, time.perf_counter() - started)
    return _done(stage, after, outcome="passed", out=out, seconds=time.perf_counter() - started)


def peek(data: bytes) -> tuple[str, int, str]:
    """(article_id, revision, url) of an encoded message, or empty values where it cannot be read."""
    try:
        seen = msgspec.json.decode(data, type=_Identity)
    except DecodeError:
        return "", 0, ""
    return seen.article_id, seen.revision, seen.url


class _Identity(msgspec.Struct):
    article_id: str = ""
    revision: int = 0
    url: str = ""
