"""Dates of feeds and sitemaps to `PageTime`: RFC 3339 with the offset that was given, or the bare day."""

import re
from calendar import timegm
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from time import struct_time

EARLIEST_YEAR = 1970
RECENT, SHORT = 4096, 64  # dates remembered, of at most so many characters: a feed names the same ones again and again
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d:\d\d(?::\d\d)?(?:\.\d+)?\s*([+-]\d{2}:?\d{2}\b|[A-Za-z]{1,5}\b)?")
# Zone names that mean one offset everywhere they are used, in hours: those of RFC 822 and some more. (The standard
# library takes a name that it does not know for UTC.)
_NAMES = {
    0: "UT UTC GMT Z WET", -4: "EDT", -5: "EST CDT", -6: "CST MDT", -7: "MST PDT", -8: "PST",
    1: "WEST CET", 2: "CEST EET", 3: "EEST MSK", 9: "JST KST",
}  # fmt: skip
ZONES = {name: hours for hours, names in _NAMES.items() for name in names.split()}


def _stamp(moment: datetime) -> str | None:
    """The bare day where there is no offset: an hour somewhere on Earth is no instant."""
    if moment.year < EARLIEST_YEAR:
        return None
    return moment.isoformat() if moment.tzinfo else moment.date().isoformat()


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _offset(zone: str) -> timezone | None:
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(shift if zone[0] == "+" else -shift)
    return timezone(timedelta(hours=ZONES[zone.upper()])) if zone.upper() in ZONES else None


def _rfc822(text: str) -> datetime | None:
    parts = parsedate_tz(text)
    clock = _CLOCK.search(text)
    try:
        return datetime(*parts[:6], tzinfo=_offset(clock[1]) if clock and clock[1] else None) if parts else None
    except (ValueError, TypeError, OverflowError):
        return None


def page_time(text: str) -> str | None:
    """A date as printed (RFC 3339, ISO 8601, RFC 822) to `PageTime`; None where it is neither.

    A date without time, or with a time but without a zone, becomes the bare day.
    """
    return _page_time(text) if len(text) <= SHORT else _page_time.__wrapped__(text)


@lru_cache(RECENT)
def _page_time(text: str) -> str | None:
    text = " ".join(text.split())
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat() if int(text[:4]) >= EARLIEST_YEAR else None
        except ValueError:
            return None
    if not _CLOCK.search(text):  # `Sun, 22 Nov 2026`; a month or a year alone is none
        text = f"{text} 00:00:00"
    moment = _iso(text) or _rfc822(text)
    return _stamp(moment) if moment else None


def utc_page_time(parsed: struct_time | None) -> str | None:
    """The same from a parser's UTC time, for the dates in forms that only it reads."""
    try:
        return _stamp(datetime.fromtimestamp(timegm(parsed), UTC)) if parsed else None
    except (ValueError, OverflowError):
        return None


def latest(time: str) -> float:
    """The last moment that a `PageTime` can mean, in Unix seconds: a day ends when it ends at UTC."""
    moment = datetime.fromisoformat(time)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(days=1)).timestamp()
