"""What the headers of an answer say about the use of its content, as signals; which of them to obey is policy.

`X-Robots-Tag` (and `Robots-Tag`, draft-illyes-repext) holds rules, each for everyone or for the crawlers named before a
colon; `tdm-reservation` and `tdm-policy` are of the TDM Reservation Protocol (W3C community group report, 2024).
"""

import re

from services.fetcher.freshness import Headers
from shared.messages import RightsSignal

ROBOTS_HEADERS = ("x-robots-tag", "robots-tag")
MAX_VALUES = 32  # header lines kept of one answer
_AGENT = re.compile(r"^\s*([A-Za-z][A-Za-z0-9_-]*)\s*:\s*(.*)$", re.DOTALL)
# Rules whose own syntax has a colon: no crawler is named in front of it.
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def robots_values(headers: Headers) -> tuple[str, ...]:
    """The robots header lines as received."""
    return tuple(value for name in ROBOTS_HEADERS for value in headers.get(name, ()))[:MAX_VALUES]


def _rules(line: str, agent: str) -> list[RightsSignal]:
    named = _AGENT.match(line)
    if named and named.group(1).lower() not in _VALUED:
        if named.group(1).lower() != agent:
            return []
        line = named.group(2)
    signals = []
    for rule in line.split(","):
        signal, _, value = rule.partition(":")
        if signal.strip():
            signals.append(RightsSignal(signal=signal.strip().lower(), value=value.strip(), origin="header"))
    return signals


def header_signals(headers: Headers, agent: str) -> tuple[RightsSignal, ...]:
    """The rules for everyone and those for the crawler `agent` (lower-case product token), in header order."""
    signals = [signal for line in robots_values(headers) for signal in _rules(line, agent)]
    for name in ("tdm-reservation", "tdm-policy"):
        signals += [RightsSignal(signal=name, value=value.strip(), origin="header") for value in headers.get(name, ())]
    return tuple(dict.fromkeys(signals))
