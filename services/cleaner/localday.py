"""The day as the publisher wrote it, where the page states its time in UTC.

A paper's evening is the next day in UTC: its address and its visible time say the 8th where the metadata says
`2026-03-09T03:28:35Z`. The local time on the page gives the offset; with an address alone only the day is known.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from services.cleaner.pagetime import Precision

_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_LOCAL = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?$")
_QUARTER = timedelta(minutes=15)  # every civil offset is a multiple
WEST_BEFORE_HOUR = 12  # UTC; the Americas' evening
EAST_FROM_HOUR = 21  # UTC; Europe's first hours. Farther east the address day is the editor's, not the reader's


def in_address(url: str) -> str:
    """The day in a URL (`/2026/03/08/`, `20260308`), or nothing."""
    match = _IN_ADDRESS.search(url)
    if not match or (not match[2] and len(match[0]) != 8):
        return ""
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return ""


def as_written(stated: str, precision: Precision, url: str, shown: Iterable[str]) -> tuple[str, Precision]:
    """A stated UTC time in the page's own day: with its offset where a local time shows it, else as a bare day.

    Args:
        stated: RFC 3339, as `pagetime.parse` gives it.
        url: of the page.
        shown: the page's visible times without an offset, as `YYYY-MM-DD hh:mm[:ss]`.
    """
    day = in_address(url)
    if precision == "day" or not day or not stated.endswith(("Z", "+00:00")):
        return stated, precision
    moment = datetime.fromisoformat(stated).astimezone(UTC)
    west = moment.date() - date.fromisoformat(day) == timedelta(days=1) and moment.hour < WEST_BEFORE_HOUR
    east = date.fromisoformat(day) - moment.date() == timedelta(days=1) and moment.hour >= EAST_FROM_HOUR
    if not west and not east:
        return stated, precision
    for text in shown:
        match = _LOCAL.match(text.strip())
        if match and match[1] == day:
            local = datetime.fromisoformat(
                f"{match[1]}T{match[2]}:{match[3]}:{match[4] or moment.strftime('%S')}+00:00"
            )
            offset = local - moment
            if offset % _QUARTER == timedelta(0) and abs(offset) <= timedelta(hours=14):
                minutes = int(offset.total_seconds()) // 60
                sign = "-" if minutes < 0 else "+"
                clock = local.strftime("%H:%M:%S")
                return f"{day}T{clock}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}", precision
    return day, "day"
