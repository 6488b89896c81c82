from datetime import UTC, datetime

import pytest

from services.search.times import instant, page_time, span


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-11-20", "20 Nov 2026"),
        ("2026-11-02T08:30:00Z", "2 Nov 2026, 08:30 UTC"),
        ("2026-11-20T08:30:00+03:30", "20 Nov 2026, 08:30 +03:30"),
        ("2026-11-20T08:30:00.5-05:00", "20 Nov 2026, 08:30 -05:00"),
        ("2026-02-30", "2026-02-30"),
    ],
)
def test_page_times_keep_the_offset_and_precision_that_the_page_gave(given: str, shown: str) -> None:
    assert page_time(given) == shown


def test_our_times_are_in_utc() -> None:
    assert instant(datetime(2026, 11, 2, 6, 5, tzinfo=UTC)) == "2 Nov 2026, 06:05 UTC"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 ms"), (0.0004, "0.4 ms"), (0.85, "850 ms"), (12, "12 s"), (180, "3 min"), (9000, "2 h"), (259200, "3 d")],
)
def test_spans_have_one_unit(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
