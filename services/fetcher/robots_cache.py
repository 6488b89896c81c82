"""How long a robots.txt is believed, and what counts when it cannot be had (RFC 9309 2.3 and 2.4)."""

from msgspec import Struct

from services.fetcher.robots import NOTHING_ALLOWED, RobotsFile, read_robots
from shared.outcomes import Refusal

HOUR, DAY = 3600.0, 86_400.0
MAX_AGE = 24 * HOUR  # "SHOULD NOT use the cached version for more than 24 hours"
EVERYTHING_ALLOWED = RobotsFile()
ERROR_AGE = HOUR / 4  # ask again so soon after a failure
KEPT = 30 * DAY  # of a host that cannot be reached, the last copy counts so long


class RobotsCopy(Struct, frozen=True, gc=False):
    """What a host last answered when asked for /robots.txt. Times are seconds since the epoch."""

    status: int  # 0: could not be reached
    body: bytes  # of the last good answer; empty when the host has no robots.txt
    asked_at: float
    good_at: float | None  # when it last could be had, a plain "there is none" included


def status_of(refusal: Refusal) -> int:
    """The status that stands for a request for /robots.txt that failed without an answer."""
    # RFC 9309 2.3.1.2: after more redirects than we follow, the file "MAY" be taken as absent, as other crawlers do.
    return 404 if refusal is Refusal.REDIRECTS else 0


def _good(status: int) -> bool:
    """Whether an answer settles the matter: a file, or that there is none. 429 and an unasked 304 say neither."""
    return 200 <= status < 500 and status not in (304, 429)


def renewed(old: RobotsCopy | None, status: int, body: bytes, now: float) -> RobotsCopy:
    """The copy after one more request for /robots.txt.

    Args:
        old: what was known before.
        status: of the answer after redirects; 0 when there was none.
        body: decoded.
        now: seconds since the epoch.
    """
    if status == 304 and old is not None and _good(old.status):
        return RobotsCopy(old.status, old.body, now, now)
    if _good(status):
        return RobotsCopy(status, body if status < 300 else b"", now, now)
    if old is None:
        return RobotsCopy(status, b"", now, None)
    return RobotsCopy(status, old.body, now, old.good_at)


def due_at(copy: RobotsCopy) -> float:
    """From when on the host has to be asked again, before anything else is asked of it."""
    return copy.asked_at + (MAX_AGE if _good(copy.status) else ERROR_AGE)


def rules_of(copy: RobotsCopy, agent: str, now: float) -> RobotsFile:
    """What counts now: without an answer the last copy, for 30 days; without such a copy, nothing is allowed."""
    if _good(copy.status) or (copy.good_at is not None and now - copy.good_at <= KEPT):
        return read_robots(copy.body, agent) if copy.body else EVERYTHING_ALLOWED
    return NOTHING_ALLOWED
