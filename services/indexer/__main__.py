"""The indexer as a process: `python -m services.indexer` writes `article.enriched.v1` into the search index."""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from services.indexer.batch import write_batch
from services.indexer.settings import IndexerSettings
from shared.observe.health import Health, HealthServer
from shared.searchindex.index import SearchIndex
from shared.settings import SettingsError, load
from shared.topology import INDEXER
from shared.transport import service
from shared.transport.settings import TransportSettings
from shared.transport.sink import consume


def open_index(settings: IndexerSettings) -> SearchIndex:
    """The index that the settings name; each engine is imported only where it is used.

    Raises:
        FolderError: the folder cannot be used.
        SettingsError: the server's settings cannot be used.
    """
    if settings.indexer_engine == "embedded":
        from shared.searchindex.embedded import EmbeddedIndex

        return EmbeddedIndex(Path(settings.indexer_folder))
    from shared.searchindex.opensearch import OpenSearchIndex
    from shared.searchindex.opensearch_settings import OpenSearchSettings

    return OpenSearchIndex(load(OpenSearchSettings, os.environ))


async def serve(settings: IndexerSettings, transport: TransportSettings, stop: asyncio.Event) -> None:
    """Consumes until `stop` is set."""
    index = open_index(settings)
    health = Health()
    server = HealthServer(health, transport.metrics_host, transport.metrics_port)
    try:
        await consume(INDEXER, partial(write_batch, index, settings), transport, health, stop)
    finally:
        index.close()
        server.close()


if __name__ == "__main__":
    try:
        chosen = load(IndexerSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"{error}")
    service.run(INDEXER, partial(serve, chosen))
