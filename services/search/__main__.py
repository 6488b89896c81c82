"""Serves the search index: of the OpenSearch server that the settings name, or of a folder.

A folder is what `services.local PATH... --index FOLDER` wrote. `export` as the first word writes a file instead; see
`export --help`.
"""

import argparse
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from prometheus_client import REGISTRY

from services.search.app import create_app
from services.search.engine import open_index
from services.search.export import export
from services.search.listen import listen
from services.search.login import Login
from services.search.settings import SearchSettings
from services.search.stages import Stages
from services.search.status import Watch
from shared.observe.metrics import INDEX_DOCUMENTS
from shared.searchindex.embedded import FolderError
from shared.searchindex.index import Unavailable
from shared.settings import SettingsError, load


def main() -> None:
    if sys.argv[1:2] == ["export"]:
        sys.exit(export(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m services.search", description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", help="an embedded index, which one process at a time may hold; else OpenSearch"
    )
    folder: Path | None = parser.parse_args().folder
    if folder is not None and not folder.is_dir():
        sys.exit(f"{folder}: no such folder; index some articles first")
    try:
        settings = load(SearchSettings, os.environ)
        index = open_index(folder)
    except (SettingsError, FolderError) as error:
        sys.exit(str(error))
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        sys.exit(f"WIREROOM_HOST={settings.host} WIREROOM_PORT={settings.port}: cannot listen there ({error.strerror})")
    with suppress(Unavailable):  # it may come later; `/readyz` says so until then
        INDEX_DOCUMENTS.set(index.count())
    stages = Stages(settings.stage_addresses, REGISTRY.collect)
    stages.start(settings.stage_seconds)
    status = Watch(stages.readings, stages.fetching, lambda: datetime.now(UTC))
    print(f"http://{settings.host}:{listener.getsockname()[1]}", file=sys.stderr)
    login = Login(settings.page_user, settings.page_password) if settings.page_user else None
    with suppress(KeyboardInterrupt):  # uvicorn has shut down in order and raises it again
        app = create_app(index, status, login=login)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])
    stages.close()
    index.close()


if __name__ == "__main__":
    main()
