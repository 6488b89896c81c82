"""What a robots.txt allows us (RFC 9309), and which of its lines says so.

Beyond the RFC, where it leaves room: the misspellings of `disallow` that people make, `allow: .../index.html` for the
folder too, over-long lines cut where Google cuts them, and the older `Crawl-delay` and `Request-rate`.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

import ada_url
from msgspec import Struct

MAX_BYTES = 512 * 1024  # RFC 9309 2.5 wants at least 500 KiB read; what follows is ignored
LINE_CHARACTERS = 8 * 2083 - 1  # Google's robots.txt parser: a buffer of eight times the longest URL a browser took
AGENT = frozenset({"user-agent", "useragent", "user agent"})
DISALLOW = frozenset({"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})
TOKEN = re.compile(r"[a-zA-Z_-]+")  # RFC 9309 2.2.1
RATE = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})\s*([smhd]?)", re.IGNORECASE)
UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
RESERVED = ":/?#[]@!$&'()*+,;=%"  # RFC 3986 2.2: these differ from their escapes, all others do not
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")  # RFC 3986 2.3


class Rule(Struct, frozen=True):
    """One allow or disallow line that concerns us."""

    pattern: str  # percent-encoded; `*` and a last `$` are special
    allow: bool
    line: int  # from 1


class Decision(Struct, frozen=True):
    allowed: bool
    line: int | None  # the line that decided, from 1; None where none did


class RobotsFile(Struct, frozen=True):
    """A robots.txt as one crawler reads it. `rules` are in order of precedence."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: float | None = None  # seconds between requests, of Crawl-delay and Request-rate the longer
    sitemaps: tuple[str, ...] = ()
    nothing: bool = False  # the file could not be had: nothing is allowed

    def allowed(self, url: str) -> Decision:
        """Whether a URL of this host may be fetched. The longest rule decides; of equal ones, the one that allows."""
        if not self.rules and not self.nothing:
            return Decision(True, None)
        path = path_of(url)
        if path == "/robots.txt":
            return Decision(True, None)  # RFC 9309 2.2.2
        if self.nothing:
            return Decision(False, None)
        for rule in self.rules:
            if matches(rule.pattern, path):
                return Decision(rule.allow, rule.line)
        return Decision(True, None)


NOTHING_ALLOWED = RobotsFile(nothing=True)


def _comparable(path: str) -> str:
    """One spelling for paths that mean the same: escapes in capitals, none where none is needed (RFC 9309 2.2.2)."""

    def spell(escape: re.Match[str]) -> str:
        character = chr(int(escape[0][1:], 16))
        return character if UNRESERVED.fullmatch(character) else escape[0].upper()

    return ESCAPE.sub(spell, quote(path, safe=RESERVED, errors="replace"))


def path_of(url: str) -> str:
    """Path and query of a URL, comparable, with the characters that are special in rules as escapes."""
    try:
        whole = ada_url.URL(url).href.split("#")[0].split("/", 3)[3]
    except (ValueError, IndexError):
        whole = url.removeprefix("/")
    return _comparable("/" + whole).replace("*", "%2A").replace("$", "%24")


def pattern_of(value: str) -> str:
    """The value of a rule, comparable with what `path_of` gives."""
    pattern, end = (value[:-1], "$") if value.endswith("$") else (value, "")
    return _comparable(pattern).replace("$", "%24") + end


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern covers a path from its start: `*` is anything, a last `$` the end."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not anchored or at == len(path)
    for piece in rest[:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if anchored:
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at
    return path.find(rest[-1], at) >= 0


def _lines(body: bytes) -> Iterator[tuple[int, str, str]]:
    """(line number, key in lower case, value) of every line that has both."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]  # half a rule could mean anything
    text = body.decode("utf-8-sig", "replace")
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        content = line[:LINE_CHARACTERS].partition("#")[0].strip()
        key, colon, value = content.partition(":")
        if not colon:
            words = content.split()
            if len(words) != 2:
                continue
            key, value = words
        yield number, key.strip().lower(), value.strip()


def _token(value: str) -> str:
    """The product token that a user-agent line names, in lower case; empty for none."""
    if value.split()[:1] == ["*"]:
        return "*"
    token = TOKEN.match(value)
    return token[0].lower() if token else ""


def _seconds(key: str, value: str) -> float | None:
    """Seconds between requests that a Crawl-delay or Request-rate line asks for. Its hours of the day are ignored."""
    if key == "crawl-delay":
        number = re.match(r"\d{1,6}([.,]\d{1,6})?(?![\w.,])", value)
        return float(number[0].replace(",", ".")) if number else None
    rate = RATE.match(value)
    if key != "request-rate" or rate is None or int(rate[1]) == 0:
        return None
    return int(rate[2]) * UNIT_SECONDS[rate[3].lower()] / int(rate[1])


class _Group(Struct):
    rules: list[Rule] = []
    delay: float | None = None


def _rules(value: str, allow: bool, line: int) -> Iterator[Rule]:
    if value:  # an empty rule forbids nothing
        yield Rule(pattern_of(value), allow, line)
    folder, index, _ = value.rpartition("/index.htm")
    if allow and index:
        yield Rule(pattern_of(f"{folder}/$"), True, line)


def read_robots(body: bytes, agent: str) -> RobotsFile:
    """What a robots.txt says to a crawler. Never fails: what is no rule is skipped.

    All groups that name us count as one; where none does, those for `*` do (RFC 9309 2.2.1).

    Args:
        body: decoded; what lies beyond 512 KiB is ignored.
        agent: our product token; a version after a slash and anything behind it is left aside.
    """
    name = agent.partition("/")[0].strip().lower()
    groups: dict[str, _Group] = {}  # of those that can concern us: by our name, and `*`
    sitemaps: dict[str, None] = {}
    current: list[_Group] = []  # that the line belongs to
    in_rules = False
    for number, key, value in _lines(body):
        if key in AGENT:
            if in_rules:
                current, in_rules = [], False
            token = _token(value)
            if token and token in (name, "*"):
                current.append(groups.setdefault(token, _Group()))
        elif key == "allow" or key in DISALLOW:
            in_rules = True
            for group in current:
                group.rules += _rules(value, key == "allow", number)
        elif key == "sitemap" and value.lower().startswith(("http://", "https://")):
            sitemaps[value] = None
        elif (seconds := _seconds(key, value)) is not None:
            for group in current:
                group.delay = max(seconds, group.delay or 0.0)
    group = groups.get(name) or groups.get("*") or _Group()
    rules = sorted(group.rules, key=lambda rule: (-len(rule.pattern), not rule.allow))
    return RobotsFile(tuple(rules), group.delay, tuple(sitemaps))
