"""Where a redirect leads. Pure; the guard judges the result."""

import re

import ada_url

from services.fetcher.guard import Denied, check_text

REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110 15.4
ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")  # RFC 3986 3.1
RAW_BYTE = re.compile("[\udc80-\udcff]")  # one that is not UTF-8, as aiohttp keeps it in a header


def same_origin(url: str, other: str) -> bool:
    """Whether two addresses share scheme, host and port."""
    return bool(ada_url.URL(url).origin == ada_url.URL(other).origin)


def next_url(url: str, location: str) -> str:
    """Where `url` sends us with this Location header.

    Raw bytes and spaces are percent-encoded, as browsers do. An absolute address stays as it was written, for the guard
    to judge.

    Raises:
        Denied: it leads nowhere, or parsers would not agree on where.
    """
    location = RAW_BYTE.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
    location = location.strip(" ").replace(" ", "%20")
    check_text(location)
    try:
        following = location if ABSOLUTE.match(location) else str(ada_url.join_url(url, location))
    except ValueError:
        raise Denied(f"redirected to nowhere: {location[:200]}") from None
    fragment = str(ada_url.URL(url).hash)
    return following if "#" in following else following + fragment  # RFC 9110 10.2.2: a fragment is inherited
