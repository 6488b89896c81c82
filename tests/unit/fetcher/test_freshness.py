"""What headers ask of us, in seconds."""

import pytest

from services.fetcher.freshness import fresh_seconds, retry_after

NOW = 1_795_336_200.0  # Sun, 22 Nov 2026 08:30:00 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3600", 3600.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 09:30:00 GMT", 3600.0),
        ("Sun, 22 Nov 2026 07:30:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣٦٠٠", None),
        ("9" * 400, 9_999_999_999.0),
    ],
)
def test_retry_after(value: str, seconds: float | None):
    assert retry_after({"retry-after": (value,)}, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": ("public, max-age=600",)}, 600.0),
        ({"cache-control": ("no-transform", 'MAX-AGE="60"')}, 60.0),
        ({"cache-control": ("s-maxage=600",)}, 0.0),
        ({"cache-control": ("max-age=60",), "expires": ("Sun, 22 Nov 2026 09:30:00 GMT",)}, 60.0),
        ({"expires": ("Sun, 22 Nov 2026 09:30:00 GMT",)}, 3600.0),
        ({"expires": ("Sun, 22 Nov 2026 09:30:00 GMT",), "date": ("Sun, 22 Nov 2026 09:00:00 GMT",)}, 1800.0),
        ({"expires": ("0",)}, 0.0),
        ({}, 0.0),
    ],
)
def test_fresh_seconds(headers: dict[str, tuple[str, ...]], seconds: float):
    assert fresh_seconds(headers, NOW) == seconds


def test_no_header_asks_for_nothing():
    assert retry_after({}, NOW) is None
