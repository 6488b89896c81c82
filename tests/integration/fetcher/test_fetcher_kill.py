"""A fetcher killed again and again while articles appear: each reaches the outbox, once; nobody is asked too often."""

import asyncio
import json
import random
import signal
import sys
import time
from pathlib import Path

from services.fetcher.state import Store
from shared import codec
from shared.messages import RawArticle

ARTICLES, KILLS, SEED = 40, 6, 7
INTERVAL, DELAY = 0.5, 0.02  # seconds

CHILD = """
import asyncio, json, sys
from pathlib import Path
import structlog
from services.fetcher.clock import SystemClock
from services.fetcher.crawl import crawl
from services.fetcher.download import Client
from services.fetcher.feeds import parse_feed
from services.fetcher.settings import FetcherSettings, user_agent
from services.fetcher.sources import SourceConfig
from services.fetcher.state import Store

structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
given = json.loads(sys.argv[1])
settings = FetcherSettings(page_total_seconds=1.0)
source = SourceConfig(
    id="news", feeds=(given["feed"],), delay_seconds=given["delay"], recheck_seconds=(3600.0,),
    interval_min_seconds=given["interval"], interval_max_seconds=given["interval"],
)

async def parse(document):
    return parse_feed(document)

async def main():
    async with Client(user_agent(settings), frozenset({("127.0.0.1", given["port"])})) as client:
        store = Store(Path(given["folder"]))
        await crawl([source], store, client, parse, settings, SystemClock(), asyncio.Event())

asyncio.run(main())
"""


async def fetcher(given: dict[str, object]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, json.dumps(given))


def settled(folder: Path) -> bool:
    store = Store(folder)
    try:
        return store.fates() == {"fetched": ARTICLES}
    finally:
        store.close()


async def test_kills_lose_nothing_and_double_nothing(world):
    chance = random.Random(SEED)
    start = time.monotonic()
    async with world.publisher() as site:

        def feed(_):
            seen = min(ARTICLES, int((time.monotonic() - start) * 8))
            return world.rss(*(f"/{n}" for n in range(seen)))

        site.answers["/feed"] = feed
        site.answers |= {f"/{n}": world.page(f"Article {n}") for n in range(ARTICLES)}
        asked_at: list[float] = []
        site.answers["/feed"] = lambda asked: asked_at.append(time.monotonic()) or feed(asked)
        given = {"feed": f"{site.origin}/feed", "port": site.port, "folder": str(world.folder)}
        given |= {"interval": INTERVAL, "delay": DELAY}
        for _ in range(KILLS):
            child = await fetcher(given)
            await asyncio.sleep(chance.uniform(0.6, 1.6))
            child.send_signal(signal.SIGKILL)
            await child.wait()
        deadline = time.monotonic() + 40
        while not settled(world.folder) and time.monotonic() < deadline:
            child = await fetcher(given)
            await asyncio.sleep(4)
            child.send_signal(signal.SIGKILL)
            await child.wait()
    store = Store(world.folder)
    articles = [codec.decode(data, RawArticle) for _, data in store.pending(1000)]
    fates = store.fates()
    store.close()
    assert fates == {"fetched": ARTICLES}
    assert sorted(article.url for article in articles) == sorted(f"{site.origin}/{n}" for n in range(ARTICLES))
    assert site.most_at_once == 1
    gaps = [later - earlier for earlier, later in zip(asked_at, asked_at[1:], strict=False)]
    assert min(gaps) >= 0.9 * INTERVAL - 0.05
