"""What the fast feed parser leaves out: dates as printed, base addresses, and how often a feed wants to be asked."""

import re
from typing import Any
from urllib.parse import urljoin

import msgspec
from msgspec import Struct

from services.fetcher.bounded_xml import scan
from services.fetcher.pagetime import page_time

MINUTE = 60.0
# RSS 1.0 module syndication: updateFrequency times per updatePeriod; daily and once are its defaults.
PERIODS = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Atom 1.0, Atom 0.3, RSS 2.0, Dublin Core: the names of the date of publication, the best first.
PUBLISHED = ("published", "pubdate", "issued", "date", "created", "updated", "modified")


class Particulars(Struct):
    """Of one entry."""

    base: str  # for its relative links
    dates: dict[str, str] = {}  # local name, lower case -> as printed


class Wishes(Struct, frozen=True, omit_defaults=True):
    """What a feed asks of those who poll it."""

    wait_seconds: float = 0.0  # not sooner than this after the last poll (the longer of ttl and sy:updatePeriod)
    skip_hours: frozenset[int] = frozenset()  # UTC
    skip_days: frozenset[int] = frozenset()  # UTC, 0 is Monday
    hub: str = ""  # WebSub


class Survey(Struct):
    """Of one feed document."""

    root: str = ""  # local name of the first element, lower case
    entries: list[Particulars] = []
    ttl_seconds: float = 0.0
    period_seconds: float = 0.0
    frequency: float = 1.0
    skip_hours: set[int] = set()
    skip_days: set[int] = set()
    hub: str = ""

    @property
    def wishes(self) -> Wishes:
        """As far as the document could be read."""
        wait = max(self.ttl_seconds, self.period_seconds / self.frequency)
        return Wishes(wait, frozenset(self.skip_hours), frozenset(self.skip_days), self.hub)


def _number(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _channel_fact(survey: Survey, name: str, text: str) -> None:
    if name == "ttl":
        survey.ttl_seconds = _number(text) * MINUTE
    elif name == "updateperiod":
        survey.period_seconds = PERIODS.get(text.lower(), 0.0)
    elif name == "updatefrequency":
        survey.frequency = max(1.0, _number(text))
    elif name == "hour" and re.fullmatch(r"[0-9]{1,2}", text):
        survey.skip_hours.add(int(text) % 24)  # RSS 0.91 counts from 1 to 24
    elif name == "day" and text.lower() in DAYS:
        survey.skip_days.add(DAYS.index(text.lower()))


class _LocalNames(dict[str, str]):
    """Names as written to local ones in lower case; a document has few and repeats them."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2].lower()
        return local


def survey_xml(body: bytes, url: str) -> Survey:
    """Reads RSS, RDF or Atom as far as it is well-formed.

    Raises:
        HostileXml: see `bounded_xml.scan`.
    """
    survey = Survey()
    bases, names = [url], _LocalNames()
    depths: list[int] = []  # of the open entries: an Atom entry can hold the `source` of another feed

    def start(name: str, attributes: dict[str, str]) -> None:
        local = names[name]
        if not survey.root:
            survey.root = local
        base = attributes.get("xml:base")
        bases.append(_join(bases[-1], base) if base else bases[-1])
        if local in ("item", "entry"):
            depths.append(len(bases))
            survey.entries.append(Particulars(bases[-1]))
        elif local == "link" and not depths and attributes.get("rel") == "hub":
            survey.hub = survey.hub or _join(bases[-1], attributes.get("href", ""))
        elif local == "link" and depths and base:
            survey.entries[-1].base = bases[-1]

    def end(name: str, text: str) -> None:
        if not depths:
            _channel_fact(survey, names[name], text.strip())
        elif len(bases) == depths[-1]:
            depths.pop()
        elif len(bases) == depths[-1] + 1 and (local := names[name]) in PUBLISHED:
            survey.entries[-1].dates.setdefault(local, text.strip())
        bases.pop()

    scan(body, start, end)
    return survey


def survey_json(body: bytes, url: str) -> Survey:
    """Reads a JSON Feed; an empty survey where the JSON is none."""
    survey = Survey()
    try:
        feed: Any = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
        items = feed["items"]
        survey.entries = [
            Particulars(
                url,
                {"published": str(item.get("date_published") or ""), "updated": str(item.get("date_modified") or "")},
            )
            for item in items
        ]
        survey.hub = next((str(hub["url"]) for hub in feed.get("hubs") or ()), "")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        pass
    return survey


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def first_time(dates: dict[str, str]) -> str | None:
    """The date of publication among an entry's dates as printed, or else the best stand-in, as `PageTime`."""
    return next((time for name in PUBLISHED if (time := page_time(dates.get(name, "")))), None)
