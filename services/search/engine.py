"""The search index that a command names: in a folder, or on the server of the settings."""

import os
from pathlib import Path

from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.index import SearchIndex
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.settings import load


def open_index(folder: Path | None, *, reading: bool = False) -> SearchIndex:
    """The index in `folder`, or on the server. One that is only read may be written by another process meanwhile.

    Raises:
        FolderError: the folder cannot be used.
        SettingsError: the server's settings cannot be used.
    """
    if folder is not None:
        return EmbeddedIndex(folder, reading=reading)
    return OpenSearchIndex(load(OpenSearchSettings, os.environ))
