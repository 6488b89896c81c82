"""When to ask again. Pure: every fact is an argument, times are Unix seconds, chance is a hash of what is asked.

Feeds follow additive-increase, multiplicative-decrease as StormCrawler's adaptive scheduler does: half as long again
after an answer without change, halfway to the minimum after a change. What feed and server ask for is a floor.
"""

from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta

from shared.identity import digest

HOUR, DAY = 3600.0, 86_400.0
FLOOR_MAX = DAY  # longest wait that a ttl, sy:updatePeriod, max-age or Expires is granted
UNVALIDATED_FLOOR = HOUR  # for a feed that sends no validators and has not changed: it costs its server most
SPREAD = 0.1
RETRY_GROWTH, RETRY_MAX = 4.0, 6 * HOUR
DORMANT_STRIKES, DORMANT_SECONDS = 30, 7 * DAY  # failures after which a feed sleeps, and how often it is tried then
GAP_WEIGHT = 0.3  # of the latest time between new articles in the typical one
MAX_DOUBLINGS = 20  # beyond it every cap is reached, and floats stay small


def chance(key: str, now: float) -> float:
    """A number in [0, 1) that is the same for the same arguments and looks random between different ones."""
    return int(digest(f"{key} {now:.3f}".encode())[:13], 16) / 16**13


def next_interval(previous: float, changed: bool, low: float, high: float) -> float:
    """The adaptive part of a feed's schedule, in seconds, after an answer."""
    return min(high, max(low, (previous + low) / 2 if changed else previous * 1.5))


def feed_due(
    key: str,
    now: float,
    interval: float,
    floor: float = 0.0,
    skip_hours: Set[int] = frozenset(),
    skip_days: Set[int] = frozenset(),
) -> float:
    """When a feed is asked next.

    Args:
        key: the feed's address, which seeds the jitter: up to a tenth either way, never below the floor.
        now: the time of the request.
        interval: adaptive part, seconds.
        floor: longest wait that feed or server asks for, seconds; granted up to a day.
        skip_hours: UTC hours in which the feed asks not to be polled.
        skip_days: UTC days, Monday is 0.
    """
    luck = chance(key, now)
    wait = max(interval * (1 + SPREAD * (2 * luck - 1)), min(floor, FLOOR_MAX) * (1 + SPREAD * luck))
    return _outside(now + wait, skip_hours, skip_days)


def _outside(at: float, skip_hours: Set[int], skip_days: Set[int]) -> float:
    """`at`, or the first full hour after it that is not skipped; `at` where everything is."""
    if not skip_hours and not skip_days:
        return at
    moment = datetime.fromtimestamp(at, UTC)
    for _ in range(7 * 24):
        if moment.hour not in skip_hours and moment.weekday() not in skip_days:
            return moment.timestamp()
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def failed_feed_due(key: str, now: float, interval: float, failures: int, high: float) -> float:
    """When a feed that failed `failures` times in a row (1 or more) is asked next: twice as late each time."""
    wait = min(max(high, interval), interval * 2.0 ** min(failures, MAX_DOUBLINGS))
    return now + wait * (1 + SPREAD * chance(key, now))


def is_dormant(strikes: int) -> bool:
    """Whether a feed with so many strikes since its last success is asked once a week only."""
    return strikes >= DORMANT_STRIKES


def dormant_due(key: str, now: float) -> float:
    """When a feed that sleeps is tried again."""
    return now + DORMANT_SECONDS * (1 + SPREAD * chance(key, now))


def smoothed_gap(gap: float, last: float | None, now: float) -> float:
    """The typical time between polls that bring new articles, after one more at `now`; 0 until there are two."""
    if last is None:
        return 0.0
    return GAP_WEIGHT * (now - last) + (1 - GAP_WEIGHT) * gap if gap else now - last


def rest_seconds(asked: float | None, refusals: int, base: float, longest: float) -> float:
    """How long a host is left alone after its `refusals`-th 429 or 503 in a row.

    What its Retry-After asks for (`asked`), or `base` doubled each time; never longer than `longest`.
    """
    return min(longest, base * 2.0 ** min(refusals - 1, MAX_DOUBLINGS) if asked is None else asked)


def retry_due(key: str, now: float, attempts: int, base: float) -> float:
    """When a page that failed `attempts` times (1 or more) is asked for again."""
    wait = min(RETRY_MAX, base * RETRY_GROWTH ** min(attempts - 1, MAX_DOUBLINGS))
    return now + wait * (1 + SPREAD * chance(key, now))


def next_look(first_seen: float, now: float, ages: Sequence[float]) -> float | None:
    """When an article is looked at again: at the next of these ages (seconds); None when it has passed them all.

    Ages that passed unseen, while nobody ran this program, are not made up for.
    """
    return next((first_seen + age for age in sorted(ages) if first_seen + age > now), None)
