"""Addresses as the fetcher keys them: the origin that manners apply to, and the address under which a feed is one."""

from functools import lru_cache

import ada_url

RECENT = 16_384  # addresses that are remembered: those of all feeds, which come again and again
SHORT = 256  # characters of one that is: a stranger's long ones would fill the memory


def origin_of(url: str) -> str:
    """`scheme://host[:port]` by the WHATWG URL standard: the unit of politeness, of robots.txt and of the queue.

    Raises:
        ValueError: not an absolute URL with a host.
    """
    return _origin(url) if len(url) <= SHORT else _origin.__wrapped__(url)


@lru_cache(RECENT)
def _origin(url: str) -> str:
    origin: str = ada_url.URL(url).origin
    if origin == "null":
        raise ValueError(f"no origin: {url!r}")
    return origin


def feed_address(url: str) -> str:
    """The address to ask for a feed: host in lower case, default port and fragment off. Equal ones are one feed.

    Raises:
        ValueError: not an absolute URL with a host.
    """
    origin_of(url)
    parsed = ada_url.URL(url)
    parsed.hash = ""
    href: str = parsed.href
    return href
