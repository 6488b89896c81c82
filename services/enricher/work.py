"""Binds settings and tables to `enrich`, once per worker process."""

import gc
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.enricher.enrich import Tables, enrich, load_tables
from services.enricher.settings import EnricherSettings
from shared import profilefile, settings
from shared.messages import EnrichedArticle, HostProfile, TaggedArticle


def prepare(profiles: Path | None = None) -> Callable[..., EnrichedArticle]:
    """The stage's function, ready to be called; reads the tables (about a second and 100 MB).

    It takes a tagged article and may be given the `profile` of its host; else it takes that from the file `profiles`,
    or knows nothing.

    Raises:
        ProfileError: the file cannot be read.
        SettingsError: names the variable and the bad value.
    """
    known = profilefile.read(profiles) if profiles else {}
    chosen = settings.load(EnricherSettings, os.environ)
    work = partial(_enrich, load_tables(chosen), chosen, known)
    gc.collect()
    gc.freeze()  # tables live as long as the worker: the collector need not look through them again
    return work


def _enrich(
    tables: Tables,
    chosen: EnricherSettings,
    known: dict[str, HostProfile],
    article: TaggedArticle,
    profile: HostProfile | None = None,
) -> EnrichedArticle:
    return enrich(article, tables, chosen, profilefile.of(known, article) if profile is None else profile)
