"""One page after each stage: what the stage added, what it decided, and why."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import structlog

from services.local.inputs import Unreadable, read
from services.local.one_page import fetch_one
from services.local.route import Trail, open_pool, prepare_explained, trail_of
from services.local.settings import LocalSettings
from services.local.through import ERRORS_ONLY
from shared.codec import encode

SHOWN = 400  # code points of a long value


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode() if not isinstance(value, str) else value
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """One line a field that the stage added or changed."""
    return [f"  {key}: {_short(value)}" for key, value in after.items() if before.get(key) != value]


def report(message: bytes, trail: Trail) -> str:
    """The article's walk, stage by stage."""
    before = msgspec.json.decode(message)
    lines = ["fetched", *_difference({}, {key: value for key, value in before.items() if key != "content"})]
    lines.append(f"  content: {len(before.get('content', ''))} characters of {before.get('media_type', 'text/html')}")
    for done in trail:
        lines += ["", f"{done.stage}: {done.outcome} in {done.seconds * 1000:.1f} ms"]
        if done.out is None:
            lines.append(f"  rejected: {done.reason} {done.detail}".rstrip())
        else:
            after = msgspec.json.decode(done.out)
            lines += _difference(before, after)
            before = after
    return "\n".join(lines)


def explain(page: str, settings: LocalSettings) -> int:
    """Prints the walk of one page. Returns the exit status: 0, or 1 where the page could not be had."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(ERRORS_ONLY))
    if "://" in page:
        article = asyncio.run(fetch_one(page))
    else:
        article = next(read(Path(page), Path(page).name)) if Path(page).is_file() else Unreadable(page, "no such file")
    if isinstance(article, Unreadable):
        print(f"{article.path}: {article.why}", file=sys.stderr)
        return 1
    message = encode(article)
    pool = open_pool(1, settings.document_seconds, settings.worker_memory_mib << 20, prepare_explained)
    try:
        print(report(message, trail_of(pool.submit(message), message)))
    finally:
        pool.close()
    return 0
