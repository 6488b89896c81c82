"""One event per article and stage: the same keys whatever became of it, and each outcome counted once."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY

from services.fetcher import events
from services.fetcher.records import ArticleRecord, FeedRecord
from shared.observe import logs
from shared.observe.record import record
from shared.outcomes import Done, Reason, Refusal
from shared.topology import PIPELINE

KEYS = [
    "stage",
    "outcome",
    "reason",
    "article_id",
    "revision",
    "url",
    "milliseconds",
    "detail",
    "event",
    "level",
    "time",
]
ARTICLE = "5e884898da28047151d0e56f8dc62927"
FACTS: dict[str, Any] = {"article_id": ARTICLE, "revision": 7, "url": "https://news.example/a", "seconds": 0.0125}
FEED = FeedRecord(url="https://news.example/feed", source_id="s", kind="feed", outcome="failed", detail="HTTP 500")
KNOWN = ArticleRecord(
    article_id=ARTICLE, url="https://news.example/a", final_url="", source_id="s", revision=7, content_hash="",
    first_seen_at=0, discovered_at=0,
)  # fmt: skip


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs, as text."""
    stream, before = io.StringIO(), logging.root.handlers[:]
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:] = before


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_stage_and_outcome_writes_one_line_with_the_same_keys(log: io.StringIO) -> None:
    for stage in PIPELINE:
        record(Done(stage=stage.name, outcome="passed", out=b"{}", **FACTS))
        record(Done(stage=stage.name, outcome="rejected", reason=Reason.EMPTY, detail="nothing left", **FACTS))
        record(Done(stage=stage.name, outcome="rejected", reason=Reason.UNDECODABLE))
    events.poll(FEED, 0.1)
    events.page("fetched", "https://news.example/a", 0.1, article=KNOWN)
    events.page("refused", "https://news.example/b", 0.1, reason=Refusal.ROBOTS, detail="disallowed")
    events.rest("https://news.example", 429, 600.0)
    written = lines(log)
    assert len(written) == 3 * len(PIPELINE) + 4
    assert [list(line) for line in written] == [KEYS] * len(written)
    assert all(isinstance(line["revision"], int) and isinstance(line["reason"], str) for line in written)


def test_an_articles_trail_can_be_followed_by_its_id(log: io.StringIO) -> None:
    events.page("fetched", "https://news.example/a", 0.1, article=KNOWN)
    for stage in PIPELINE:
        record(Done(stage=stage.name, outcome="passed", out=b"{}", **FACTS))
    trail = [line["stage"] for line in lines(log) if line["article_id"] == ARTICLE]
    assert trail == ["fetcher", *(stage.name for stage in PIPELINE)]
    assert lines(log)[-1]["milliseconds"] == 12.5


def test_a_passed_message_is_counted_once_and_dated() -> None:
    before = count("wireroom_messages_total", stage="tagger", outcome="passed")
    timed = count("wireroom_stage_duration_seconds_count", stage="tagger")
    record(Done(stage="tagger", outcome="passed", out=b"{}", **FACTS))
    assert count("wireroom_messages_total", stage="tagger", outcome="passed") == before + 1
    assert count("wireroom_stage_duration_seconds_count", stage="tagger") == timed + 1
    assert count("wireroom_last_success_timestamp_seconds", stage="tagger") > 1.6e9


def test_a_rejected_message_is_counted_by_reason_and_is_no_success() -> None:
    record(Done(stage="enricher", outcome="passed", out=b"{}", **FACTS))
    success = count("wireroom_last_success_timestamp_seconds", stage="enricher")
    before = count("wireroom_rejected_total", stage="enricher", reason="timeout")
    record(Done(stage="enricher", outcome="rejected", reason=Reason.TIMEOUT, **FACTS))
    assert count("wireroom_rejected_total", stage="enricher", reason="timeout") == before + 1
    assert count("wireroom_last_success_timestamp_seconds", stage="enricher") == success


def test_what_strangers_write_stays_one_short_line(log: io.StringIO) -> None:
    record(
        Done(
            stage="cleaner", outcome="rejected", reason=Reason.CRASHED, detail="a\nb\u2028\x85\x9b2J\ud800" + "x" * 9999
        )
    )
    (line,) = lines(log)
    assert line["detail"].startswith("a\nb\ufffd\ufffd\ufffd2J\ufffdxxx")
    assert len(line["detail"]) == logs.MAX_VALUE
    assert log.getvalue().encode()


def test_a_traceback_keeps_its_end(log: io.StringIO) -> None:
    def deeper(levels: int) -> None:
        deeper(levels - 1) if levels > 0 else {}["the key that was missing"]
        assert levels

    try:
        deeper(100)
    except KeyError:
        structlog.get_logger().exception("crashed")
    (line,) = lines(log)
    assert line["exception"].endswith("KeyError: 'the key that was missing'")
    assert logs.MAX_VALUE < len(line["exception"]) <= logs.MAX_TRACEBACK


def test_what_libraries_log_is_json_too(log: io.StringIO) -> None:
    logging.getLogger("kafka.conn").warning("node %s is away", 3)
    logging.getLogger("kafka.conn").info("connecting")
    (line,) = lines(log)
    assert (line["event"], line["logger"], line["level"]) == ("node 3 is away", "kafka.conn", "warning")
