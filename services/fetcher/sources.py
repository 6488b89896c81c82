"""`sources.toml` to source configurations: who is asked, how often, and what is already known about them."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from services.fetcher.origin import feed_address
from shared.messages import Channel, Source

Seconds = Annotated[float, Meta(gt=0, le=31_536_000)]


class SourceConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One `[[source]]` of `sources.toml`. An absent number takes the default of the fetcher's settings."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]  # never changes; stands in every message
    name: str = ""
    feeds: tuple[str, ...] = ()  # RSS, Atom or JSON Feed
    sitemaps: tuple[str, ...] = ()  # news sitemaps or indexes of them
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2})?$")] = ""  # ISO 3166-1 alpha-2
    language: Annotated[str, Meta(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$")] = ""  # BCP 47
    tags: tuple[str, ...] = ()
    interval_min_seconds: Seconds | None = None
    interval_max_seconds: Seconds | None = None
    delay_seconds: Annotated[float, Meta(ge=0, le=86_400)] | None = None  # between requests to one host
    recheck_seconds: tuple[Seconds, ...] | None = None  # ages at which an article is looked at again
    feeds_robots: Literal["obey", "ignore"] = "obey"  # robots.txt for the feeds themselves; pages always obey
    paused: bool = False  # nothing is asked until it is resumed; nothing is forgotten
    proxy: Annotated[str, Meta(pattern=r"^(https?://[^\s/@]+:[0-9]{1,5})?$")] = ""  # http://host:port to ask through
    headers_file: str = ""  # `Name: value` lines sent with the feed requests; relative to sources.toml

    def message(self, channel: Channel) -> Source:
        """The source as articles carry it."""
        return Source(
            id=self.id,
            name=self.name,
            channel=channel,
            country=self.country,
            language=self.language,
            tags=self.tags,
        )


class SourcesError(ValueError):
    """`sources.toml` cannot be used. The message names the file, the line, the key and what to do."""


KEYS = tuple(field.name for field in msgspec.structs.fields(SourceConfig))
HEADER = re.compile(r"^\s*\[\[\s*source\s*\]\]", re.MULTILINE)


def _line(text: str, entry: int, key: str = "") -> int:
    """Line (from 1) on which the `entry`-th `[[source]]` stands, or `key` within it where it can be found."""
    headers = list(HEADER.finditer(text))
    if entry >= len(headers):
        return 1
    start = headers[entry].start()
    end = headers[entry + 1].start() if entry + 1 < len(headers) else len(text)
    if key and (found := re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=", text[start:end], re.MULTILINE)):
        start += found.end()
    return text.count("\n", 0, start + len(text[start:]) - len(text[start:].lstrip())) + 1


def _source(given: dict[str, Any], file: Path, text: str, entry: int) -> SourceConfig:
    for key in given:
        if key not in KEYS:
            raise SourcesError(f"{file}:{_line(text, entry, key)}: unknown key {key!r}. Known are: {', '.join(KEYS)}.")
    try:
        source = msgspec.convert(given, SourceConfig)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        key = re.split(r"[\[`.]", where)[0] if where else next((k for k in KEYS if f"`{k}`" in what), "")
        label = f"{key}: " if key else ""
        raise SourcesError(f"{file}:{_line(text, entry, key)}: {label}{what}. Correct the value.") from None
    for key in ("feeds", "sitemaps"):
        for url in given.get(key, ()):
            try:
                feed_address(url)
            except ValueError:
                raise SourcesError(
                    f"{file}:{_line(text, entry, key)}: {key}: {url!r} is no absolute URL. Write it with https://."
                ) from None
    if not source.feeds and not source.sitemaps:
        raise SourcesError(f"{file}:{_line(text, entry)}: source {source.id!r} names nothing to ask. Add feeds.")
    low, high = source.interval_min_seconds, source.interval_max_seconds
    if low is not None and high is not None and low > high:
        raise SourcesError(
            f"{file}:{_line(text, entry, 'interval_min_seconds')}: interval_min_seconds: {low:g} is over "
            f"interval_max_seconds ({high:g}). Lower it."
        )
    if source.headers_file:
        source = msgspec.structs.replace(source, headers_file=str((file.parent / source.headers_file).absolute()))
    return source


def read_sources(file: Path) -> tuple[SourceConfig, ...]:
    """Reads the sources that `file` configures, in its order.

    Raises:
        SourcesError: the file is missing or unreadable, is no TOML, or holds an unknown key, a value of the wrong
            type, an address that is none, or an id twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SourcesError(f"{file}: cannot be read ({error.strerror}). Make it, or name another file.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourcesError(f"{file}:{line}: not UTF-8. Save the file as UTF-8.") from None
    return parse_sources(text, file)


def parse_sources(text: str, file: Path) -> tuple[SourceConfig, ...]:
    """The sources that `text`, the content of `file`, configures.

    Raises:
        SourcesError: see `read_sources`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = int(found.group(1)) if (found := re.search(r"at line (\d+)", str(error))) else text.count("\n") + 1
        raise SourcesError(f"{file}:{line}: not valid TOML: {error}. Correct that line.") from None
    entries = document.pop("source", [])
    for key in document:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.lstrip(" [").startswith(key)), 1)
        raise SourcesError(f"{file}:{line}: unknown key {key!r}. A sources file holds [[source]] tables only.")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise SourcesError(f"{file}:1: source: no [[source]] table. Add one with an id and feeds.")
    sources: dict[str, SourceConfig] = {}
    for number, given in enumerate(entries):
        source = _source(given, file, text, number)
        if source.id in sources:
            raise SourcesError(f"{file}:{_line(text, number, 'id')}: id: {source.id!r} stands twice. Rename one.")
        sources[source.id] = source
    return tuple(sources.values())
