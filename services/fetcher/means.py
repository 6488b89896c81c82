"""What every job of the fetcher works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.fetcher.clock import Clock
from services.fetcher.feed_document import Feed, FeedDocument
from services.fetcher.manners import Manners
from services.fetcher.settings import FetcherSettings
from services.fetcher.state import Store

Parse = Callable[[FeedDocument], Awaitable[Feed]]  # raises `NotAFeed`, or what became of the worker


@dataclass(frozen=True)
class Means:
    """The fetcher's surroundings."""

    store: Store
    manners: Manners
    parse: Parse
    settings: FetcherSettings
    clock: Clock
