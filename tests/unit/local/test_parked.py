"""The file of parked messages: durable, byte for byte, whole lines only."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from services.local.parked import Parked
from shared.outcomes import Done, Reason

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MESSAGE = b'{"article_id":"0123","url":"https://example.org/\xc3\xa9","content":"<p>x"}'


def parked(reason: Reason) -> Done:
    return Done(stage="cleaner", outcome="rejected", reason=reason, detail="why", article_id="0123", revision=7)


def test_message_is_kept_byte_for_byte(tmp_path: Path):
    with Parked(tmp_path / "parked.jsonl") as file:
        file.park(parked(Reason.TIMEOUT), MESSAGE, NOW)
        file.sync()
        line = (tmp_path / "parked.jsonl").read_bytes()
    assert MESSAGE in line
    assert msgspec.json.decode(line)["reason"] == "timeout"


def test_policy_rejection_keeps_no_body(tmp_path: Path):
    with Parked(tmp_path / "parked.jsonl") as file:
        file.park(parked(Reason.POLICY_NOINDEX), MESSAGE, NOW)
        file.sync()
        line = (tmp_path / "parked.jsonl").read_bytes()
    assert b"content" not in line
    assert len(msgspec.json.decode(line)["message"]["digest"]) == 32


def test_a_line_that_a_crash_cut_short_stands_alone(tmp_path: Path):
    path = tmp_path / "parked.jsonl"
    path.write_bytes(b'{"article_id": "cut sho')
    with Parked(path) as file:
        file.park(parked(Reason.CRASHED), MESSAGE, NOW)
        file.sync()
    torn, whole = path.read_bytes().splitlines()
    assert torn == b'{"article_id": "cut sho'
    assert msgspec.json.decode(whole)["reason"] == "crashed"
