"""The cleaner and its baseline as tasks for one worker process each.

The cleaner replaces internals of trafilatura at run time, so the baseline runs in a process that never imports it.
Both take a page as JSON bytes and give what they found and the CPU seconds that it took.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, TypedDict

from shared.observe.memory import peak_mib


class Found(TypedDict):
    """What an extractor says about a page; empty where it gave up."""

    text: str
    title: str
    authors: list[str]
    date: str
    confidence: dict[str, float]
    seconds: float
    rejected: str
    doubt: float
    peak_mib: float


Task = Callable[[bytes], Found]


def baseline() -> Task:
    """B0: plain trafilatura with metadata, comments off."""
    import trafilatura
    from htmldate.extractors import external_date_parser

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

    def run(page: bytes) -> Found:
        given = json.loads(page)
        started = time.process_time()
        made = trafilatura.bare_extraction(given["html"], url=given["url"], with_metadata=True, include_comments=False)
        seconds = time.process_time() - started
        return {
            "text": (made and made.text) or "",
            "title": (made and made.title) or "",
            "authors": ((made and made.author) or "").split("; "),
            "date": ((made and made.date) or "")[:10],
            "confidence": {},
            "seconds": seconds,
            "rejected": "" if made else "none",
            "doubt": 0.0,
            "peak_mib": peak_mib(),
        }

    run(b'{"html": "<html><body><p>warm</p><p>up</p></body></html>", "url": "https://example.org/"}')
    for text in ("3 mars 2026", "zzq 41 xvw"):  # what the cleaner loads before its first page, htmldate's last resort
        external_date_parser(text, "%Y-%m-%d")
    return run


def cleaner() -> Task:
    """The cleaner with the empty profile, as `python -m services.cleaner --jsonl` runs it."""
    from services.cleaner.work import prepare
    from shared.codec import decode
    from shared.messages import RawArticle
    from shared.outcomes import Reject
    from shared.transport.jsonl import completed

    work = prepare()

    def run(page: bytes) -> Found:
        given = json.loads(page)
        message = completed(json.dumps({"url": given["url"], "content": given["html"]}).encode())
        raw = decode(message, RawArticle)
        found: Found = {
            "text": "", "title": "", "authors": [], "date": "", "confidence": {}, "seconds": 0.0, "rejected": "",
            "doubt": 0.0, "peak_mib": 0.0,
        }  # fmt: skip
        started = time.process_time()
        try:
            made: Any = work(raw)
        except Reject as reject:
            found["rejected"] = str(reject)
        else:
            found["text"], found["title"], found["authors"] = made.text, made.title, list(made.authors)
            found["date"] = (made.published_at or "")[:10]
            found["doubt"] = made.quality.get("bad_extraction", 0.0)
            found["confidence"] = {name: source.confidence for name, source in made.provenance.items()}
        found["seconds"] = time.process_time() - started
        found["peak_mib"] = peak_mib()
        return found

    return run


def plain_cleaner() -> Callable[[str], str]:
    """The cleaner on plain text pages, a title line put above: the text it keeps."""
    from services.cleaner.clean import clean
    from shared.codec import decode
    from shared.messages import RawArticle
    from shared.outcomes import Reject
    from shared.transport.jsonl import completed

    def run(text: str) -> str:
        message = {"url": "https://plain.example/", "media_type": "text/plain", "content": f"A title line\n{text}"}
        try:
            return clean(decode(completed(json.dumps(message).encode()), RawArticle)).text
        except Reject:
            return ""

    return run
