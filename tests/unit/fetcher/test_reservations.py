"""What `/.well-known/tdmrep.json` reserves for an address: the first rule that matches; broken files, nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.reservations import reservations
from shared.messages import RightsSignal

RESERVED = {"tdm-reservation": 1}
POLICY = {"tdm-reservation": 1, "tdm-policy": "https://a.example/policy.json"}
FREE = {"tdm-reservation": 0}


@pytest.mark.parametrize(
    ("rules", "path", "reservation", "policy"),
    [
        ([{"location": "/", **RESERVED}], "/news/1", "1", ""),
        ([{"location": "/*", **POLICY}], "/news/1", "1", POLICY["tdm-policy"]),
        ([{"location": "/free", **FREE}, {"location": "/", **RESERVED}], "/free/1", "0", ""),
        ([{"location": "/", **RESERVED}, {"location": "/free", **FREE}], "/free/1", "1", ""),
        ([{"location": "/*.jpg$", **RESERVED}], "/a/b.jpg", "1", ""),
        ([{"location": "/*.jpg$", **RESERVED}], "/a/b.jpg?x=1", "", ""),
        ([{"location": "news", "tdm-reservation": "1"}], "/news/1", "1", ""),
        ([{"location": "/other", **RESERVED}], "/news/1", "", ""),
        ([{"tdm-reservation": 1}, "x", None, {"location": 3}], "/news/1", "", ""),
        ({"location": "/", **RESERVED}, "/news/1", "", ""),
        ([], "/news/1", "", ""),
    ],
)
def test_the_first_rule_that_matches_decides(rules, path: str, reservation: str, policy: str):
    expected = {"tdm-reservation": reservation, "tdm-policy": policy}
    found = reservations(json.dumps(rules).encode(), f"https://a.example{path}")
    assert found == tuple(
        RightsSignal(signal=name, value=value, origin="well-known") for name, value in expected.items() if value
    )


@given(st.binary())
def test_bytes_that_are_no_file_reserve_nothing(body: bytes):
    assert reservations(body, "https://a.example/1") == ()


def test_a_file_that_nests_without_end_reserves_nothing():
    assert reservations(b"[" * 200_000, "https://a.example/1") == ()
