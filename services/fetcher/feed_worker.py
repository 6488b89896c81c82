"""The process that reads feeds. The parsers are loaded there and nowhere else: their memory is not needed twice."""

from collections.abc import Callable

from services.fetcher.feed_document import Feed


def prepare() -> Callable[[bytes], Feed]:
    """What each pool worker runs once."""
    from services.fetcher.feeds import parse_bytes

    return parse_bytes
