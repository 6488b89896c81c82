"""Dates of feeds keep the offset they were given, and become days where they gave none."""

import pytest

from services.fetcher.pagetime import page_time
from shared.messages import PageTime

CASES = {
    "2026-11-22T08:30:00+02:00": "2026-11-22T08:30:00+02:00",
    "2026-11-22T08:30:00Z": "2026-11-22T08:30:00+00:00",
    "2026-11-22t08:30:00.25z": "2026-11-22T08:30:00.250000+00:00",
    "2026-11-22T08:30+0530": "2026-11-22T08:30:00+05:30",
    "2026-11-22": "2026-11-22",
    "2026-11-22 08:30:00": "2026-11-22",
    "2026-11-22T08:30:00": "2026-11-22",
    "Sun, 22 Nov 2026 08:30:00 +0200": "2026-11-22T08:30:00+02:00",
    "Sun, 22 Nov 2026 08:30:00 GMT": "2026-11-22T08:30:00+00:00",
    "Sun, 22 Nov 2026 08:30:00 -0000": "2026-11-22T08:30:00+00:00",
    "22 Nov 26 08:30 EST": "2026-11-22T08:30:00-05:00",
    "Sun, 22 Nov 2026 08:30:00 CEST": "2026-11-22T08:30:00+02:00",
    "Sun, 22 Nov 2026 08:30:00 XYZ": "2026-11-22",
    "Sun, 22 Nov 2026 08:30:00": "2026-11-22",
    "Sun, 22 Nov 2026": "2026-11-22",
    "  Sun, 22 Nov 2026\n 08:30:00 +0200 ": "2026-11-22T08:30:00+02:00",
    "2026-11": None,
    "2026": None,
    "2026-13-40": None,
    "2026-11-22T25:00:00Z": None,
    "0001-01-01T00:00:00Z": None,
    "1970-01-01": "1970-01-01",
    "yesterday": None,
    "": None,
    "1 " * 1000: None,
    "Sun, 99 Nov 2026 08:30:00 +9999": None,
}


@pytest.mark.parametrize("text", CASES)
def test_page_time(text: str):
    assert page_time(text) == CASES[text]


def test_every_answer_is_a_page_time():
    import msgspec

    for answer in CASES.values():
        assert msgspec.convert(answer, PageTime | None) == answer
