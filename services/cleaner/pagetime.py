"""Times as pages write them, as RFC 3339 text with the page's own offset, or a bare day where the page gave no more."""

import re
from datetime import date, time
from email.utils import parsedate_to_datetime
from typing import Literal

EARLIEST = date(1995, 1, 1)  # the web has no older news pages; older dates are slips or the history they tell of
Precision = Literal["", "day", "minute", "second"]
_ISO = re.compile(
    r"(?P<year>\d{4})[-/.]?(?P<month>\d{2})[-/.]?(?P<day>\d{2})"
    r"(?:(?:[T\s]+|T)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?:(?P<zulu>Z|UTC|GMT)|(?P<sign>[+-])(?P<oh>\d{2}):?(?P<om>\d{2})?)?)?(?!\d)",
    re.IGNORECASE,
)


def parse(text: str) -> tuple[str, Precision] | None:
    """A time in ISO 8601 or RFC 5322 form as (RFC 3339 text, its precision), None for anything else.

    A clock time without an offset keeps its day only: nobody can say which instant it names.
    """
    text = text.strip().strip("\"'")
    if match := _ISO.match(text):
        return _from_iso(match)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.date() < EARLIEST:
        return None
    if moment.tzinfo is None:
        return moment.date().isoformat(), "day"
    return moment.isoformat().replace("+00:00", "Z"), "second"


def _from_iso(match: re.Match[str]) -> tuple[str, Precision] | None:
    given = match.groupdict()
    try:
        day = date(int(given["year"]), int(given["month"]), int(given["day"]))
        if given["hour"] is not None:
            time(int(given["hour"]), int(given["minute"]), int(given["second"] or 0))
    except ValueError:
        return None
    if day < EARLIEST:
        return None
    offset = "Z" if given["zulu"] else f"{given['sign']}{given['oh']}:{given['om'] or '00'}" if given["sign"] else ""
    if given["hour"] is None or not offset or int(given["oh"] or 0) > 14 or int(given["om"] or 0) > 59:
        return day.isoformat(), "day"
    clock = f"{int(given['hour']):02}:{given['minute']}:{given['second'] or '00'}"
    return f"{day.isoformat()}T{clock}{offset}", "second" if given["second"] else "minute"
