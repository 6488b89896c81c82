"""The indexer as a process: `python -m services.indexer` writes `article.enriched.v1` into the search index.

With `--jsonl` it reads such articles from standard input, a line each, without a broker.
"""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from msgspec import DecodeError

from services.indexer.batch import write_batch
from services.indexer.gauge import count_documents
from services.indexer.lines import load_lines
from services.indexer.settings import IndexerSettings
from services.indexer.sink import Halted
from shared.observe.health import Health, HealthServer
from shared.searchindex.index import SearchIndex, Verdict
from shared.settings import SettingsError, load
from shared.topology import INDEXER
from shared.transport import service
from shared.transport.settings import TransportSettings
from shared.transport.sink import consume


def open_index(settings: IndexerSettings, *, refresh: bool = False) -> SearchIndex:
    """The index that the settings name; each engine is imported only where it is used.

    Args:
        refresh: a search sees each batch as soon as it is written, on a server too.

    Raises:
        FolderError: the folder cannot be used.
        SettingsError: the server's settings cannot be used.
    """
    if settings.indexer_engine == "embedded":
        from shared.searchindex.embedded import EmbeddedIndex

        return EmbeddedIndex(Path(settings.indexer_folder))
    from shared.searchindex.opensearch import OpenSearchIndex
    from shared.searchindex.opensearch_settings import OpenSearchSettings

    return OpenSearchIndex(load(OpenSearchSettings, os.environ), refresh=refresh)


async def serve(settings: IndexerSettings, transport: TransportSettings, stop: asyncio.Event) -> None:
    """Consumes until `stop` is set."""
    index = open_index(settings)
    health = Health()
    server = HealthServer(health, transport.metrics_host, transport.metrics_port)
    counting = asyncio.create_task(count_documents(index))
    try:
        await consume(INDEXER, partial(write_batch, index, settings), transport, health, stop)
    finally:
        counting.cancel()
        index.close()
        server.close()


def filled(settings: IndexerSettings) -> int:
    """Standard input into the index; says on standard error what became of it. Exit status 1 where something failed.

    When it ends, all of it can be found: who restores a backup looks at once.
    """
    index = open_index(settings, refresh=True)
    try:
        verdicts = load_lines(index, sys.stdin.buffer, settings)
    except (DecodeError, Halted) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        index.close()
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())) or "nothing", file=sys.stderr)
    return 1 if verdicts[Verdict.REJECT] else 0


if __name__ == "__main__":
    try:
        chosen = load(IndexerSettings, os.environ)
        if sys.argv[1:] == ["--jsonl"]:
            sys.exit(filled(chosen))
    except SettingsError as error:
        sys.exit(f"{error}")
    service.run(INDEXER, partial(serve, chosen))
