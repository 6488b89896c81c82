"""What `/.well-known/tdmrep.json` of a site reserves (TDM Reservation Protocol, W3C community group report 2024, 6).

The file is a list of rules; the first whose `location` matches an address decides. A location is a path in which `*`
stands for anything and a last `$` for the end, as in robots.txt. Whether a reservation is obeyed is policy, and the
cleaner's.
"""

from typing import Any

import msgspec
from msgspec import Struct

from services.fetcher.robots import matches, path_of, pattern_of
from shared.messages import RightsSignal

PATH = "/.well-known/tdmrep.json"
MAX_BYTES, MAX_RULES = 512 * 1024, 1000
MAX_AGE, ERROR_AGE = 86_400.0, 3600.0  # a copy is believed so long; an answer that settles nothing, so long
SETTLED = frozenset({200, 203, 400, 401, 403, 404, 410, 451})  # a file, or that there is none for us


class ReservationCopy(Struct, frozen=True):
    """What a site last answered when asked for the file."""

    status: int  # 0: could not be reached, or robots.txt forbids to ask
    body: bytes  # empty without a file
    asked_at: float


def due_at(copy: ReservationCopy) -> float:
    """From when on the site is asked again, before a page of it is."""
    return copy.asked_at + (MAX_AGE if copy.status in SETTLED else ERROR_AGE)


def reservations(body: bytes, url: str) -> tuple[RightsSignal, ...]:
    """What the file says about `url`; nothing where it is no such file, or has no rule for it."""
    try:
        rules: Any = msgspec.json.decode(body) if body else []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    path = path_of(url)
    for rule in rules[:MAX_RULES] if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or not isinstance(location := rule.get("location"), str):
            continue
        if matches(pattern_of(location if location.startswith(("/", "*")) else f"/{location}"), path):
            names = ("tdm-reservation", "tdm-policy")
            values = ((name, _text(rule.get(name))) for name in names)
            return tuple(RightsSignal(signal=name, value=value, origin="well-known") for name, value in values if value)
    return ()


def _text(value: Any) -> str:
    """1, "1" and true are found in the wild; the protocol has the number."""
    if isinstance(value, bool | int):
        return str(int(value))
    return value.strip()[:2048] if isinstance(value, str) else ""
