"""The process that reads feeds. The parsers are loaded there and nowhere else: their memory is not needed twice."""

from collections.abc import Callable


def prepare() -> Callable[[bytes], bytes]:
    """What each pool worker runs once."""
    from services.fetcher.feeds import parse_lot

    return parse_lot
