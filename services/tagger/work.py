"""What a worker of the tagger does: load settings and models once, then tag article after article."""

import os
from collections.abc import Callable
from functools import partial

import structlog

from services.tagger import bayes, calibration, cld2, cues, pairs
from services.tagger.judge import Tools
from services.tagger.pool import Pool
from services.tagger.settings import TaggerSettings
from services.tagger.tag import tag
from shared.messages import CleanArticle, TaggedArticle
from shared.settings import load


def load_bayes(cache_dir: str = "") -> bayes.Bayes | None:
    """py3langid's model, or None where it is not installed."""
    return bayes.Bayes(cache_dir) if bayes.AVAILABLE else None


def load_tools(settings: TaggerSettings) -> Tools:
    """Every backend that is installed, with a notice in the log for each that is not, and our own tables."""
    for name, available in (("py3langid", bayes.AVAILABLE), ("pycld2", cld2.AVAILABLE)):
        if not available:
            structlog.get_logger().warning("backend missing", stage="tagger", backend=name, effect="less accurate")
    table = cues.read(pairs.DATA / "cues.txt")
    models = [pairs.read(name) for name in pairs.GROUPS]
    return Tools(
        pool=Pool(load_bayes(settings.tagger_cache_dir), table.labels),
        cues=table,
        second={label: model for model in models for label in model.labels},
        calibration=calibration.read(),
        settings=settings,
    )


def prepare() -> Callable[[CleanArticle], TaggedArticle]:
    """The tagger's function, ready to be called."""
    return partial(tag, tools=load_tools(load(TaggerSettings, os.environ)))
