"""Dates of feeds and sitemaps to `PageTime`: RFC 3339 with the offset that was given, or the bare day."""

import re
from calendar import timegm
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from time import struct_time

EARLIEST_YEAR = 1970
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d:\d\d")
_UTC_SUFFIX = re.compile(r"[+-]00:?00$|Z$", re.IGNORECASE)
# Zone names that mean one offset everywhere they are used and that RFC 822 does not list; in hours.
ZONES = {"UTC": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9}


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


def _rfc822(text: str) -> datetime | None:
    parts = parsedate_tz(text)
    if parts is None:
        return None
    offset = parts[9]
    if offset is None:
        zone = text.split()[-1].upper()
        offset = 0 if _UTC_SUFFIX.search(zone) else 3600 * ZONES[zone] if zone in ZONES else None
    try:
        return datetime(*parts[:6], tzinfo=None if offset is None else timezone(timedelta(seconds=offset)))
    except (ValueError, TypeError, OverflowError):
        return None


def page_time(text: str) -> str | None:
    """A date as printed (RFC 3339, ISO 8601, RFC 822) to `PageTime`; None where it is neither.

    A date without time, or with a time but without a zone, becomes the bare day.
    """
    text = " ".join(text.split())
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat() if int(text[:4]) >= EARLIEST_YEAR else None
        except ValueError:
            return None
    if not _CLOCK.search(text):  # a month, a year, or `Sun, 22 Nov 2026`
        parts = parsedate_tz(text)
        return page_time(f"{parts[0]:04}-{parts[1]:02}-{parts[2]:02}") if parts else None
    moment = _iso(text) or _rfc822(text)
    return _stamp(moment) if moment else None


def utc_page_time(parsed: struct_time | None) -> str | None:
    """The same from a parser's UTC time, for the dates in forms that only it reads."""
    try:
        return _stamp(datetime.fromtimestamp(timegm(parsed), UTC)) if parsed else None
    except (ValueError, OverflowError):
        return None
