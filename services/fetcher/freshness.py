"""How long a server asks us to wait, from its answer's headers; RFC 9110 and RFC 9111."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

Headers = Mapping[str, tuple[str, ...]]  # lower-case names
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def header(headers: Headers, name: str) -> str:
    """The first value of a header, or nothing."""
    return headers.get(name, ("",))[0]


def _http_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a date (RFC 9110 10.2.3); None where it asks for none."""
    value = header(headers, "retry-after").strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    until = _http_date(value) if value else None
    return None if until is None else max(0.0, until - now)


def fresh_seconds(headers: Headers, now: float) -> float:
    """Freshness lifetime (RFC 9111 4.2.1): max-age, or else Expires from Date; 0 where neither stands there."""
    if found := _MAX_AGE.search(",".join(headers.get("cache-control", ()))):
        return float(found.group(1))
    expires = _http_date(header(headers, "expires"))
    if expires is None:
        return 0.0
    return max(0.0, expires - (_http_date(header(headers, "date")) or now))
