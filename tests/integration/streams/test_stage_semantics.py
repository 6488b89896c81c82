"""What a stage in the middle does when things go wrong: the table of the Kafka notes, for our own stage.

Each row was a loss with the default agent of Faust 0.15.3. They run on both client libraries, so that a new release of
either cannot break them unnoticed.
"""

import time
from pathlib import Path

import pytest

from shared.codec import decode
from shared.messages import CleanArticle
from shared.topology import CLEAN, RAW
from tests.integration.streams.conftest import Toy, drained, out_ids
from tests.streams.bus import Bus, page
from tests.streams.process import wait_until

pytestmark = pytest.mark.integration


def ids(*pages: tuple[bytes, bytes]) -> set[str]:
    return {key.decode() for key, _ in pages}


def test_every_message_passes_once_or_is_parked_byte_for_byte_with_its_reason(bus: Bus, toy: Toy):
    good = [page(number) for number in range(60)]
    bad = {page("crash", "crash"): "crashed", page("raise", "raise oh"): "crashed", page("none", "reject x"): "empty"}
    strange = {(b"k", b'{"a":'): "undecodable", (None, b"\xff\x00"): "undecodable", (b"tombstone", None): "undecodable"}
    headers = [("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"), ("x", b"\xff"), ("x", b"")]
    bus.send(RAW, [*good, *bad, *strange], headers)

    drained(bus, toy(workers=2))

    assert sorted(out_ids(bus)) == sorted(ids(*good))
    parked = bus.read(RAW.rejected)
    assert {(one.key, one.value): one.head["parked_reason"] for one in parked} == bad | strange
    standing = {(one.key, one.value): (one.partition, one.offset) for one in bus.read(RAW)}
    for one in parked:
        assert one.headers[:3] == headers
        assert one.head["parked_stage"] == "cleaner"
        assert one.head["parked_topic"] == RAW.name
        assert (int(one.head["parked_partition"]), int(one.head["parked_offset"])) == standing[one.key, one.value]
        assert one.head["parked_at"].startswith("20")
    for record in bus.read(CLEAN):
        assert record.head["ce_type"] == "wireroom.article.clean.v1"
        assert record.head["traceparent"].split("-")[1] == "a" * 32


def test_what_leaves_a_partition_leaves_in_the_order_in_which_it_came(bus: Bus, toy: Toy):
    bus.send(RAW, [page(number, f"sleep {0.05 * (number % 3)}") for number in range(80)])

    drained(bus, toy(workers=3))

    came = [(one.partition, one.key) for one in bus.read(RAW)]
    assert [(one.partition, one.key) for one in bus.read(CLEAN)] == came


def test_two_revisions_the_first_slow_and_the_second_fast_come_out_in_order(bus: Bus, toy: Toy):
    bus.send(RAW, [page("story", "until second", revision=1), page("story", "mark second", revision=2)])

    drained(bus, toy(workers=2, document_seconds=200))

    articles = [decode(record.value or b"", CleanArticle) for record in bus.read(CLEAN)]
    assert [article.revision for article in articles] == [1, 2]


def test_a_slow_document_holds_its_own_partition_and_no_other(bus: Bus, toy: Toy, tmp_path: Path):
    slow = page("slow", "until released")
    others = [page(number) for number in range(60)]
    bus.send(RAW, [slow, *others])
    (lane,) = {one.partition for one in bus.read(RAW) if one.key == slow[0]}
    behind = {one.key for one in bus.read(RAW) if one.partition == lane}
    stage = toy(workers=2, document_seconds=600)

    wait_until("all the others are out", lambda: bus.count(CLEAN) >= len(others) - len(behind) + 1)
    early = set(out_ids(bus))
    assert not early & {(key or b"").decode() for key in behind}, "something overtook the slow document"

    (tmp_path / "released").touch()
    drained(bus, stage)
    assert sorted(out_ids(bus)) == sorted(ids(slow, *others))


def test_a_set_up_that_cannot_work_ends_the_process_and_loses_nothing(bus: Bus, toy: Toy, tmp_path: Path):
    pages = [page(number) for number in range(20)]
    bus.send(RAW, pages)

    (tmp_path / "unable").touch()
    assert toy().wait() == 1
    (tmp_path / "unable").unlink()
    assert toy(bootstrap_servers="127.0.0.1:1").wait() == 1
    assert bus.committed("cleaner", RAW) == 0
    assert bus.count(RAW.rejected) == 0

    drained(bus, toy())
    assert set(out_ids(bus)) == ids(*pages)


def test_sigterm_finishes_what_is_in_flight_and_ends_in_order(bus: Bus, toy: Toy):
    pages = [page(number, "sleep 0.2") for number in range(40)]
    bus.send(RAW, pages)
    stage = toy(in_flight_messages=8)
    wait_until("messages are in flight", lambda: stage.metric('wireroom_in_flight_messages{stage="cleaner"}') >= 4)

    assert stage.stop() == 0
    assert bus.count(CLEAN) == bus.committed("cleaner", RAW), "done and not committed, or the other way round"
    assert bus.count(CLEAN) < len(pages)

    drained(bus, toy())
    assert sorted(out_ids(bus)) == sorted(ids(*pages)), "lost, or done twice"


def test_sigterm_of_an_idle_stage_ends_it_at_once(bus: Bus, toy: Toy):
    stage = toy()
    wait_until("it is a member", lambda: stage.ready)
    before = time.monotonic()

    assert stage.stop() == 0
    assert time.monotonic() - before < 30


def test_sigkill_with_messages_in_flight_loses_nothing(bus: Bus, toy: Toy, tmp_path: Path):
    sent = []
    for number in range(3):
        before = bus.count(CLEAN)
        pages = [page(f"slow {number}", f"until {number}"), *(page(f"{number} {quick}") for quick in range(40))]
        bus.send(RAW, pages)
        sent += pages
        stage = toy(workers=2)
        wait_until("something is out", lambda: bus.count(CLEAN) > before)  # noqa: B023 (called before the next)
        in_flight = 'wireroom_in_flight_messages{stage="cleaner"}'
        wait_until("something is in flight", lambda: stage.metric(in_flight) > 0)  # noqa: B023
        stage.kill()
        (tmp_path / f"{number}").touch()  # the next process need not wait

    drained(bus, toy(workers=2))
    assert set(out_ids(bus)) == ids(*sent)
    assert bus.count(RAW.rejected) == 0


def test_workers_end_with_their_stage_even_after_sigkill(bus: Bus, toy: Toy):
    bus.send(RAW, [page(number, "sleep 60") for number in range(4)])
    stage = toy(workers=2)
    wait_until("the workers are there", lambda: len(_children(stage.pid)) >= 2)
    children = _children(stage.pid)

    stage.kill()

    wait_until("they are gone", lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in children), 20)


def test_joining_leaving_and_dying_members_lose_nothing(bus: Bus, toy: Toy):
    pages = [page(number, "sleep 0.02") for number in range(600)]
    bus.send(RAW, pages)
    first = toy()
    wait_until("the first works", lambda: bus.count(CLEAN) > 20)
    second = toy()
    wait_until("the second is a member", lambda: second.ready)
    third = toy()
    wait_until("the third is a member", lambda: third.ready)
    assert first.stop() == 0
    wait_until("it goes on", lambda: bus.count(CLEAN) > 200)
    second.kill()

    drained(bus, third)
    assert set(out_ids(bus)) == ids(*pages)
    assert bus.count(RAW.rejected) == 0


def _children(pid: int) -> list[int]:
    """Process ids of the workers of a stage."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == pid and b"spawn_main" in command:
            found.append(int(folder.name))
    return found
