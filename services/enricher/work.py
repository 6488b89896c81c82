"""Binds settings and tables to `enrich`, once per worker process."""

import gc
import os
from collections.abc import Callable
from functools import partial

from services.enricher.enrich import enrich, load_tables
from services.enricher.settings import EnricherSettings
from shared import settings
from shared.messages import EnrichedArticle, TaggedArticle


def prepare() -> Callable[[TaggedArticle], EnrichedArticle]:
    """The stage's function, ready to be called; reads the tables (about a second and 100 MB)."""
    chosen = settings.load(EnricherSettings, os.environ)
    work = partial(enrich, tables=load_tables(chosen), settings=chosen)
    gc.collect()
    gc.freeze()  # tables live as long as the worker: the collector need not look through them again
    return work
