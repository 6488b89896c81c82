"""The headers of a message, against CloudEvents 1.0 in Kafka's binary mode and W3C Trace Context."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages import LAST_REVISION
from shared.observe.trace_context import parent_of
from shared.outcomes import Done, Reason
from shared.topology import PIPELINE
from shared.transport.envelope import event_headers, parked_headers, unparked

ARTICLE = "5e884898da28047151d0e56f8dc62927"
DONE = Done(stage="cleaner", outcome="passed", out=b"{}", article_id=ARTICLE, revision=1_763_800_000_123)
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PRODUCER = {"traceparent": f"00-{TRACE}-{SPAN}-01".encode()}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def headers(done: Done = DONE, incoming: dict[str, bytes | None] | None = None) -> dict[str, str]:
    return {
        name: (value or b"").decode()
        for name, value in event_headers(done, "article.clean.v1", (incoming or {}).items())
    }


def test_a_message_carries_the_attributes_of_cloudevents() -> None:
    found = headers()
    assert {name: found[name] for name in ("ce_specversion", "ce_type", "ce_source", "ce_subject", "ce_time")} == {
        "ce_specversion": "1.0",
        "ce_type": "wireroom.article.clean.v1",
        "ce_source": "/wireroom/cleaner",
        "ce_subject": ARTICLE,
        "ce_time": "2025-11-22T08:26:40.123Z",
    }
    assert found["content-type"] == "application/json"
    assert found["ce_id"]


def test_no_header_comes_twice() -> None:
    names = [name for name, _ in event_headers(DONE, "article.clean.v1", PRODUCER.items())]
    assert len(names) == len(set(names))


def test_a_replay_has_the_same_headers() -> None:
    again = replace(DONE, seconds=9.0, detail="slower this time", out=b"{ }")
    assert headers(again, PRODUCER) == headers(DONE, PRODUCER)


@pytest.mark.parametrize(
    "other",
    [
        replace(DONE, revision=DONE.revision + 1),
        replace(DONE, generation=2),
        replace(DONE, stage="tagger"),
        replace(DONE, article_id="0" * 32),
    ],
    ids=["revision", "generation", "stage", "article"],
)
def test_what_is_another_event_has_another_id_and_span(other: Done) -> None:
    assert headers(other)["ce_id"] != headers()["ce_id"]
    assert headers(other)["traceparent"] != headers()["traceparent"]


def test_parts_of_an_id_do_not_run_into_each_other() -> None:
    assert headers(replace(DONE, revision=12, generation=3))["ce_id"] != headers(replace(DONE, revision=1))["ce_id"]
    ids = {headers(replace(DONE, revision=r, generation=g))["ce_id"] for r in (1, 11, 111) for g in (1, 11, 111)}
    assert len(ids) == 9


@given(st.integers(0, LAST_REVISION))
def test_every_legal_revision_has_its_time_to_the_millisecond(revision: int) -> None:
    time = datetime.fromisoformat(headers(replace(DONE, revision=revision))["ce_time"])
    assert time - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(milliseconds=revision)


def test_an_article_without_an_incoming_trace_names_its_own_and_every_stage_stays_in_it() -> None:
    raw = headers(Done(stage="fetcher", outcome="passed", article_id=ARTICLE, revision=1))
    passed_on, spans, traces = raw["traceparent"], set(), set()
    for stage in PIPELINE:
        one = replace(DONE, stage=stage.name, revision=1)
        passed_on = headers(one, {"traceparent": passed_on.encode()})["traceparent"]
        _, trace, span, flags = passed_on.split("-")
        spans.add(span)
        traces.add(trace)
        assert flags == "01"
    assert len(spans) == len(PIPELINE)
    assert traces == {raw["traceparent"].split("-")[1]}


def test_an_incoming_trace_goes_on_with_this_stage_as_the_parent() -> None:
    version, trace, span, flags = headers(incoming=PRODUCER)["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert span != SPAN
    assert re.fullmatch("[0-9a-f]{16}", span)


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-00", "00"),
        (f"00-{TRACE}-{SPAN}-03", "03"),
        (f"00-{TRACE}-{SPAN}-ff", "03"),  # reserved flags are sent as zero
        (f"01-{TRACE}-{SPAN}-01", "01"),  # a later version is read as far as we know it and sent on as ours
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", "01"),
    ],
)
def test_flags_and_later_versions(given: str, flags: str) -> None:
    version, trace, _, sent = headers(incoming={"traceparent": given.encode()})["traceparent"].split("-")
    assert (version, trace, sent) == ("00", TRACE, flags)


MALFORMED = [
    None,
    b"",
    b"00",
    b"\xff\xfe",
    b"garbage-with-four-parts",
    f"00-{TRACE}-{SPAN}".encode(),
    f"00-{TRACE}-{SPAN}-1".encode(),
    f"00-{TRACE}-{SPAN}-01-more".encode(),  # version 00 has exactly four parts
    f"00-{TRACE}-{SPAN}-01 ".encode(),
    f"00-{TRACE}-{SPAN}-01\n".encode(),
    f"ff-{TRACE}-{SPAN}-01".encode(),  # a version that can never be
    f"00-{'0' * 32}-{SPAN}-01".encode(),
    f"00-{TRACE}-{'0' * 16}-01".encode(),
    f"00-{TRACE.upper()}-{SPAN}-01".encode(),
    f"00-{TRACE[:-1]}g-{SPAN}-01".encode(),
    f"00-{TRACE[:-1]}-{SPAN}-01".encode(),
    f"cc-{TRACE}-{SPAN}-01.more".encode(),
]


@pytest.mark.parametrize("given", MALFORMED, ids=repr)
def test_a_malformed_traceparent_is_ignored_and_takes_its_tracestate_along(given: bytes | None) -> None:
    assert parent_of([("traceparent", given)]) is None
    assert headers(incoming={"traceparent": given, "tracestate": b"congo=t61rcWkgMzE"}) == headers()


@given(st.binary(max_size=80))
def test_whatever_a_stranger_sends_the_header_we_send_is_valid(given: bytes) -> None:
    assert parent_of([("traceparent", headers(incoming={"traceparent": given})["traceparent"].encode())])


def test_tracestate_goes_on_as_it_came() -> None:
    assert headers(incoming={**PRODUCER, "tracestate": b"congo=t61rcWkgMzE"})["tracestate"] == "congo=t61rcWkgMzE"
    assert "tracestate" not in headers(incoming=PRODUCER)
    assert "tracestate" not in headers(incoming={**PRODUCER, "tracestate": None})


def test_a_parked_message_keeps_its_headers_and_says_why() -> None:
    original = [
        ("ce_id", b"a"),
        ("odd", b"\xff\x00"),
        ("odd", b"twice"),
        ("empty", None),
        ("traceparent", PRODUCER["traceparent"]),
    ]
    failed = Done(stage="cleaner", outcome="rejected", reason=Reason.EMPTY, detail="nothing — \ud800 at all")
    parked = parked_headers(failed, original, topic="article.raw.v1", partition=7, offset=42, at=NOON, tries=1)
    assert parked[: len(original)] == original
    assert dict(parked[len(original) :]) == {
        "parked_stage": b"cleaner",
        "parked_reason": b"empty",
        "parked_detail": "nothing — ? at all".encode(),
        "parked_at": b"2026-11-22T12:00:00+00:00",
        "parked_topic": b"article.raw.v1",
        "parked_partition": b"7",
        "parked_offset": b"42",
        "parked_attempts": b"1",
    }
    assert unparked(parked) == original
