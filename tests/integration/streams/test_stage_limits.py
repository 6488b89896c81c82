"""The largest messages, and a stage that fails at everything."""

import random
from base64 import b64encode
from pathlib import Path

import pytest

from shared.codec import decode, encode
from shared.messages import RawArticle
from shared.outcomes import Reason
from shared.topology import CLEAN, MAX_MESSAGE_BYTES, RAW
from shared.transport.replay import replay
from shared.transport.settings import TransportSettings
from tests.integration.streams.conftest import Toy, drained, out_ids
from tests.streams.bus import Bus, page
from tests.streams.process import wait_until
from tests.streams.toy import work

pytestmark = pytest.mark.integration
PAUSED = 'wireroom_stage_paused{stage="cleaner"}'


def noise(length: int) -> str:
    """Text that no codec makes small."""
    return b64encode(random.Random(length).randbytes(length))[:length].decode()


def of_size(number: str, size: int, begin: str) -> tuple[bytes, bytes]:
    """A raw article of exactly `size` bytes."""
    key, value = page(number, begin)
    return key, encode_more(value, begin, size - len(value))


def encode_more(value: bytes, begin: str, more: int) -> bytes:
    return value.replace(f'"{begin}"'.encode(), f'"{begin}{noise(more)}"'.encode())


def cleaned_size(value: bytes) -> int:
    return len(encode(work(decode(value, RawArticle))))


@pytest.fixture
def settings(bus: Bus) -> TransportSettings:
    return TransportSettings(bootstrap_servers=(bus.address,), topic_prefix=bus.prefix)


def test_the_largest_message_passes_is_parked_and_is_replayed_and_one_byte_more_is_too_large(
    bus: Bus, toy: Toy, settings: TransportSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TOY_FOLDER", str(tmp_path))
    key, small = page("largest", "say ")
    fits = key, encode_more(small, "say ", MAX_MESSAGE_BYTES - cleaned_size(small))
    other, small = page("larger", "say ")
    over = other, encode_more(small, "say ", MAX_MESSAGE_BYTES - cleaned_size(small) + 1)
    bad = of_size("rejected", MAX_MESSAGE_BYTES, "reject ")
    assert cleaned_size(fits[1]) == MAX_MESSAGE_BYTES
    assert len(bad[1]) == MAX_MESSAGE_BYTES
    bus.send(RAW, [fits, over, bad])
    stage = toy()
    drained(bus, stage)

    (passed,) = bus.read(CLEAN)
    assert (passed.key, len(passed.value or b"")) == (fits[0], MAX_MESSAGE_BYTES)
    parked = {record.key: record for record in bus.read(RAW.rejected)}
    assert {key: record.head["parked_reason"] for key, record in parked.items()} == {
        over[0]: "too_large",
        bad[0]: "empty",
    }
    assert parked[bad[0]].value == bad[1]

    assert replay(settings, RAW, [Reason.EMPTY], dry_run=True) == {"empty": 1}
    assert bus.count(RAW) == 3
    assert replay(settings, RAW, [Reason.EMPTY]) == {"empty": 1}
    again = [record for record in bus.read(RAW) if record.key == bad[0]]
    assert [(record.value, record.headers) for record in again] == [(bad[1], []), (bad[1], [])]
    drained(bus, stage)
    assert bus.count(RAW.rejected) == 3


def test_a_stage_that_fails_at_everything_parks_nothing_not_even_when_restarted_and_recovers(
    bus: Bus, toy: Toy, tmp_path: Path
):
    pages = [page(number) for number in range(60)]
    (tmp_path / "broken").touch()
    bus.send(RAW, pages)
    for _ in range(2):
        stage = toy(probe_seconds=0.3)
        wait_until("it holds everything", lambda: stage.metric(PAUSED) == 1)  # noqa: B023 (called before the next)
        stage.kill()
    assert bus.count(RAW.rejected) == 0
    assert bus.committed("cleaner", RAW) == 0

    stage = toy(probe_seconds=0.3)
    wait_until("it holds everything again", lambda: stage.metric(PAUSED) == 1)
    (tmp_path / "broken").unlink()
    drained(bus, stage)
    assert stage.metric(PAUSED) == 0
    assert sorted(out_ids(bus)) == sorted(key.decode() for key, _ in pages)
    assert bus.count(RAW.rejected) == 0
