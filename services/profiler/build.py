"""Profiles of articles in files: `python -m services.profiler build FILE... [-o profiles.jsonl]`.

Enriched and clean articles are read as they are; only enriched ones say something about the host as a source. Raw ones
go through the cleaner as a filter, a process of its own, since stages do not import each other; it needs the packages
of the cleaner.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import msgspec

from services.profiler.profile import EMPTY, State, observe, profile
from services.profiler.settings import ProfilerSettings
from shared.codec import decode, encode
from shared.identity import host_of
from shared.messages import EnrichedArticle

CLEANER = (sys.executable, "-m", "services.cleaner", "--jsonl")


class BuildError(RuntimeError):
    """A file cannot be used, or the cleaner cannot run; the message says which and why."""


class _Line(msgspec.Struct):
    """What tells raw, clean and rejected lines apart."""

    content: str | None = None
    rejected: str | None = None


def build(files: list[Path], output: Path | None, settings: ProfilerSettings) -> int:
    """Writes one profile a line, by host, and says on standard error what was read. Exit status 0, or 1 for no article.

    Raises:
        BuildError: see there.
    """
    states: dict[str, State] = {}
    articles = others = 0
    for path in files:
        try:
            with path.open("rb") as lines:
                for article in _articles(path, lines):
                    if article is None:
                        others += 1
                        continue
                    articles += 1
                    if host := host_of(article.final_url or article.url):
                        states[host] = observe(states.get(host, EMPTY), article, settings)
        except OSError as error:
            raise BuildError(f"{path}: {error.strerror}") from None
    made = [encode(profile(host, states[host], settings)) + b"\n" for host in sorted(states)]
    if output is None:
        sys.stdout.buffer.writelines(made)
    else:
        output.write_bytes(b"".join(made))
    sys.stderr.write(f"{articles} articles of {len(states)} hosts, {others} lines that are no article\n")
    return 0 if articles else 1


def _articles(path: Path, lines: BinaryIO) -> Iterator[EnrichedArticle | None]:
    """Each line's article; None for a rejected one."""
    first = lines.readline()
    lines.seek(0)
    try:
        raw = bool(first.strip()) and msgspec.json.decode(first, type=_Line).content is not None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}, line 1: no JSON object of an article: {error}") from None
    for number, line in enumerate(_cleaned(path, lines) if raw else lines, 1):
        if not line.strip():
            continue
        try:
            if msgspec.json.decode(line, type=_Line).rejected is not None:
                yield None
            else:
                yield decode(line, EnrichedArticle)  # a clean one is one of which nothing more is known
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BuildError(f"{path}, line {number}: no clean or enriched article: {error}") from None


def _cleaned(path: Path, lines: BinaryIO) -> Iterator[bytes]:
    with subprocess.Popen(CLEANER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cleaner:  # noqa: S603
        if cleaner.stdin is None or cleaner.stdout is None:
            raise AssertionError("both are pipes")
        feeding = Thread(target=_feed, args=(lines, cleaner.stdin), daemon=True)
        feeding.start()
        yield from cleaner.stdout
        feeding.join()
    if cleaner.returncode:
        raise BuildError(f"{path}: the cleaner ended with status {cleaner.returncode}; are its packages installed?")


def _feed(lines: BinaryIO, into: BinaryIO) -> None:
    try:
        with into:
            into.writelines(lines)
    except BrokenPipeError:
        return  # the cleaner has ended; its exit status says so
