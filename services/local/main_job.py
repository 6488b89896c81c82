"""`make run`: fetch, clean, tag, enrich, index and serve, all in one process, until Ctrl-C."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.fetcher.clock import SystemClock
from services.fetcher.crawl import crawl
from services.fetcher.database import LeaseTaken, StoreTooNew
from services.fetcher.download import Client
from services.fetcher.feed_worker import prepare as prepare_feeds
from services.fetcher.guard import exception
from services.fetcher.overview import fetching
from services.fetcher.parse_pool import parse_in
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourcesError
from services.fetcher.sources_watch import SourcesWatch
from services.fetcher.state import Store
from services.local.demo import demo_newsroom
from services.local.parked import Parked
from services.local.pump import pump
from services.local.route import open_pool
from services.local.settings import LocalSettings
from services.newsroom.anchor import AnchorError
from services.search.app import create_app
from services.search.listen import listen
from services.search.readings import of_this_process
from services.search.status import Watch
from shared.observe import logs
from shared.searchindex.embedded import EmbeddedIndex, FolderError
from shared.settings import load
from shared.transport.pool import CannotStart, Pool


class NotPossible(Exception):
    """The job cannot start; the message says why and what to do."""


class _Server(uvicorn.Server):
    """Leaves the signals to us: they end the fetcher and the workers too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise NotPossible(
            f"{host}:{port} cannot be used ({error.strerror}). Is another run going? Set WIREROOM_PORT to another port."
        ) from None


async def _job(data: Path, sources: Path | None, settings: LocalSettings, fetcher: FetcherSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_listen(settings.host, settings.port))
        store = Store(data / "fetcher")
        stack.callback(store.close)
        demo = demo_newsroom(data / "newsroom", settings)
        file, pairs = (sources, ()) if sources else await stack.enter_async_context(demo)
        fetcher = replace(fetcher, allow_addresses=(*fetcher.allow_addresses, *pairs))
        configured = SourcesWatch(file)
        index = EmbeddedIndex(data / "index")
        stack.callback(index.close)
        parked = stack.enter_context(Parked(data / "parked.jsonl"))
        pool = open_pool(settings.workers, settings.document_seconds, settings.worker_memory_mib << 20)
        stack.callback(pool.kill)
        feeds = Pool(prepare_feeds, 1, fetcher.feed_parse_seconds)
        stack.callback(feeds.kill)
        allowed = frozenset(map(exception, fetcher.allow_addresses))
        client = await stack.enter_async_context(Client(user_agent(fetcher), allowed))
        watch = Watch(of_this_process(REGISTRY.collect), partial(fetching, store), lambda: datetime.now(UTC))
        server = _Server(uvicorn.Config(create_app(index, watch), log_level="warning", lifespan="off"))
        tasks = [
            asyncio.create_task(
                crawl(
                    configured.sources,
                    store,
                    client,
                    parse_in(feeds.submit),
                    fetcher,
                    SystemClock(),
                    stop,
                    configured.changed,
                ),
                name="fetcher",
            ),
            asyncio.create_task(pump(store, pool, index, parked, settings.batch_documents, stop), name="stages"),
            asyncio.create_task(server.serve(sockets=[listening]), name="search"),
        ]
        host, port = listening.getsockname()[:2]
        print(f"Wireroom is at http://{host}:{port} — Ctrl-C ends it.", file=sys.stderr)
        stopping = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        server.should_exit = True
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 3.0)
        for task in ended:
            task.result()  # what ended the job before its time is an error


def run(data: Path, sources: Path | None, settings: LocalSettings) -> int:
    """Runs until SIGINT or SIGTERM.

    Returns the exit status: 0, 1 where the workers do not run, 2 where the job cannot start.
    """
    data.mkdir(parents=True, exist_ok=True)
    logs.configure((data / "wireroom.log").open("a", encoding="utf-8", buffering=1))
    fetcher = load(FetcherSettings, os.environ)
    try:
        asyncio.run(_job(data, sources, settings, fetcher))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except (NotPossible, SourcesError, LeaseTaken, StoreTooNew, FolderError, AnchorError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
