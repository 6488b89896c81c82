"""`python -m services.fetcher robots FILE --agent NAME URL...`: what a robots.txt allows, one JSON line per URL."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from services.fetcher.robots import read_robots


def run(file: Path, agent: str, urls: Sequence[str], out: TextIO | None = None) -> None:
    """Writes `{"url", "allowed", "line"}` per URL, in order, to `out` (standard output).

    `line` counts from 1 and is null where no line decides.

    Raises:
        ValueError: the file cannot be read.
    """
    try:
        robots = read_robots(file.read_bytes(), agent)
    except OSError as error:
        raise ValueError(f"{file}: cannot be read ({error.strerror})") from None
    for url in urls:
        decision = robots.allowed(url)
        print(json.dumps({"url": url, "allowed": decision.allowed, "line": decision.line}), file=out or sys.stdout)
