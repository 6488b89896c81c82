"""How the feeds fare, as a count per state: what the alerts on sources look at."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Literal, get_args

from services.fetcher.clock import Clock
from services.fetcher.records import FeedRecord
from services.fetcher.state import Store
from shared.observe import metrics

State = Literal["fresh", "failing", "overdue", "silent"]

OVERDUE_SECONDS = 900.0  # due for so long and not asked: the crawl is behind, or stands
FAILURES = 3  # in a row
EVERY_SECONDS = 15.0  # between two counts
SILENT_SECONDS = 7 * 86_400.0  # without an article that was new; a weekly paper is not silent


def state_of(feed: FeedRecord, due_at: float | None, now: float) -> State:
    """The state of one feed. Times are Unix seconds; `due_at` is None for a feed that is not asked any more."""
    if due_at is not None and now - due_at > OVERDUE_SECONDS:
        return "overdue"
    if feed.failures >= FAILURES or feed.outcome in ("refused", "gone"):
        return "failing"
    if feed.new_at is not None and now - feed.new_at > SILENT_SECONDS:
        return "silent"
    return "fresh"


def count(feeds: Iterable[tuple[FeedRecord, float | None]], now: float) -> dict[State, int]:
    """How many of the feeds are in each state; every feed is in one, and every state is named."""
    found = Counter(state_of(feed, due_at, now) for feed, due_at in feeds)
    return {state: found[state] for state in get_args(State)}


async def watch(stores: Callable[[], Iterable[Store]], clock: Clock) -> None:
    """Keeps the gauge `wireroom_feeds` current, for the feeds of these stores, until cancelled."""
    while True:
        feeds = chain.from_iterable(store.feeds() for store in stores())
        for state, number in count(feeds, clock.now()).items():
            metrics.FEEDS.labels(state).set(number)
        await clock.sleep(EVERY_SECONDS)
