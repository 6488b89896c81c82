"""The cleaner as a worker process runs it."""

import os
from collections.abc import Callable
from functools import partial

from services.cleaner.clean import clean
from services.cleaner.settings import CleanerSettings
from shared.messages import CleanArticle, RawArticle
from shared.settings import load


def prepare() -> Callable[[RawArticle], CleanArticle]:
    """The cleaning function with its settings, read once.

    Raises:
        SettingsError: names the variable and the bad value.
    """
    return partial(clean, settings=load(CleanerSettings, os.environ))
