"""Serves the search index in a folder, such as `services.local PATH... --index FOLDER` wrote."""

import argparse
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from prometheus_client import REGISTRY

from services.search.app import create_app
from services.search.listen import listen
from services.search.settings import SearchSettings
from services.search.stages import Stages
from services.search.status import Watch
from shared.observe.metrics import INDEX_DOCUMENTS
from shared.searchindex.embedded import EmbeddedIndex, FolderError
from shared.settings import SettingsError, load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m services.search", description=__doc__)
    parser.add_argument("folder", type=Path, help="an embedded index; one process at a time may hold it")
    folder: Path = parser.parse_args().folder
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder; index some articles first")
    try:
        settings = load(SearchSettings, os.environ)
        index = EmbeddedIndex(folder)
    except (SettingsError, FolderError) as error:
        sys.exit(str(error))
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        sys.exit(f"WIREROOM_HOST={settings.host} WIREROOM_PORT={settings.port}: cannot listen there ({error.strerror})")
    INDEX_DOCUMENTS.set(index.count())
    stages = Stages(settings.stage_addresses, REGISTRY.collect)
    stages.start(settings.stage_seconds)
    status = Watch(stages.families, stages.fetching, lambda: datetime.now(UTC))
    print(f"http://{settings.host}:{listener.getsockname()[1]}", file=sys.stderr)
    with suppress(KeyboardInterrupt):  # uvicorn has shut down in order and raises it again
        uvicorn.Server(uvicorn.Config(create_app(index, status), log_level="warning")).run([listener])
    stages.close()
    index.close()


if __name__ == "__main__":
    main()
