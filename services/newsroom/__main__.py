"""The newsroom on its own, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from services.newsroom.canary import watch
from services.newsroom.server import serve
from services.newsroom.settings import NewsroomSettings
from services.newsroom.truth import truth
from shared.settings import PREFIX, load


def settings_of(arguments: list[str] | None) -> NewsroomSettings:
    """Settings from the environment, each with an option that wins: `--pace` for `WIREROOM_NEWSROOM_PACE`."""
    parser = argparse.ArgumentParser(prog="python -m services.newsroom", description=__doc__)
    for field in msgspec.structs.fields(NewsroomSettings):
        option = "--" + field.name.removeprefix("newsroom_").replace("_", "-")
        info = msgspec.inspect.type_info(field.type)
        told = (getattr(info, "extra_json_schema", None) or {}).get("description", "")
        parser.add_argument(option, dest=field.name, help=f"{told} (default: {field.default!r})".replace("%", "%%"))
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    return load(NewsroomSettings, os.environ | {PREFIX + name.upper(): value for name, value in given.items()})


async def run(settings: NewsroomSettings) -> None:
    """Serves until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    now = partial(datetime.now, UTC)
    running = serve(
        data=Path(settings.newsroom_data),
        host=settings.newsroom_host,
        ports=settings.newsroom_ports,
        now=now,
        pace=settings.newsroom_pace,
        seed=settings.newsroom_seed,
        articles=settings.newsroom_articles,
        every=settings.newsroom_every,
        crawl_delay=settings.newsroom_crawl_delay,
        public_host=settings.newsroom_public_host,
    )
    async with running as newsroom:
        print(f"newsroom at {' '.join(newsroom.bases)}; truth at {newsroom.control}/truth.jsonl", flush=True)
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        if settings.newsroom_search_url:
            user, password = settings.newsroom_search_user, settings.newsroom_search_password
            login = (user, password) if user else None
            watching = watch(settings.newsroom_search_url, partial(truth, newsroom.newsroom), now, login)
            waits.append(asyncio.create_task(watching))
        ended, left = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task in ended:
            task.result()


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    try:
        asyncio.run(run(settings_of(arguments)))
    except (ValueError, OSError) as error:  # settings, articles and the anchor file raise ValueErrors
        sys.exit(f"newsroom: {error}")


if __name__ == "__main__":
    main()
