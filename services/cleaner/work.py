"""The cleaner as a worker process runs it."""

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from services.cleaner import upstream
from services.cleaner.clean import clean
from services.cleaner.settings import CleanerSettings
from shared import profilefile
from shared.messages import CleanArticle, HostProfile, RawArticle, Source
from shared.outcomes import Reject
from shared.settings import load

_WARM_UP = (  # no metadata, a date in words, text mostly out of reach: the ways that build tables at first use
    "<html><body><div><p>Harbour news</p><p>Dienstag, den 3. März 2026</p><p>Posted on the 4th of March last year</p>"
    "<aside><p>The ferry sails again, and the town came to the quay to see it off in the rain of the early morning.</p>"
    "</aside></div></body></html>",
    "<html><body><article><p>By Ida Brandt</p>"
    + "<p>The ferry sails again from the old quay.</p>" * 20
    + "</article></body></html>",
)


def prepare(profiles: Path | None = None) -> Callable[..., CleanArticle]:
    """The cleaning function with its settings, read once, and everything loaded that first use would load.

    It takes a raw article and may be given the `profile` of its host; else it takes that from the file `profiles`, or
    knows nothing.

    Raises:
        ProfileError: the file cannot be read.
        SettingsError: names the variable and the bad value.
    """
    known = profilefile.read(profiles) if profiles else {}
    work = partial(_clean, load(CleanerSettings, os.environ), known)
    upstream.warm_up()
    for content in _WARM_UP:
        _try(work, content)
    gc.collect()
    gc.freeze()  # tables live as long as the worker: the collector need not look through them again
    return work


def _clean(
    settings: CleanerSettings, known: dict[str, HostProfile], raw: RawArticle, profile: HostProfile | None = None
) -> CleanArticle:
    if profile is None:
        profile = profilefile.of(known, raw)
    return clean(raw, profile, settings)


def _try(work: Callable[..., CleanArticle], content: str) -> None:
    then = datetime(2026, 3, 5, tzinfo=UTC)
    raw = RawArticle(
        article_id="0" * 32,
        revision=1,
        url="https://warm.example/up",
        source=Source(id="warm-up", channel="file"),
        first_seen_at=then,
        discovered_at=then,
        fetched_at=then,
        content=content,
    )
    try:
        work(raw)
    except Reject:
        return  # the first page is meant to be a hard one
