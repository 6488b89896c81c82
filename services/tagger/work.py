"""What a worker of the tagger does: load settings and models once, then tag article after article."""

import os
from collections.abc import Callable
from functools import partial

import structlog

from services.tagger import bayes, cld2
from services.tagger.pool import Pool
from services.tagger.settings import TaggerSettings
from services.tagger.tag import tag
from shared.messages import CleanArticle, TaggedArticle
from shared.settings import load


def load_pool() -> Pool:
    """Every backend that is installed, with a notice in the log for each that is not."""
    for name, available in (("py3langid", bayes.AVAILABLE), ("pycld2", cld2.AVAILABLE)):
        if not available:
            structlog.get_logger().warning("backend missing", stage="tagger", backend=name, effect="less accurate")
    return Pool(bayes.Bayes() if bayes.AVAILABLE else None)


def prepare() -> Callable[[CleanArticle], TaggedArticle]:
    """The tagger's function, ready to be called."""
    return partial(tag, pool=load_pool(), settings=load(TaggerSettings, os.environ))
