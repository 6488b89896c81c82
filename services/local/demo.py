"""The demo newsroom beside the main job: where it listens, and the sources that lead to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from services.local.settings import LocalSettings
from services.newsroom.server import serve
from services.newsroom.sources import sources_toml


@asynccontextmanager
async def demo_newsroom(data: Path, settings: LocalSettings) -> AsyncIterator[tuple[Path, tuple[str, ...]]]:
    """Runs the newsroom on loopback.

    Yields the file of its sources, and the exact host:port pairs that the address guard must except.

    Raises:
        OSError: a port is taken.
        AnchorError: the folder holds another newsroom's timeline.
    """
    first = settings.newsroom_port
    ports = range(first, first + 5) if first else (0,) * 5
    async with serve(
        data=data, ports=tuple(ports), now=lambda: datetime.now(UTC), pace=settings.newsroom_pace
    ) as running:
        file = data / "sources.toml"
        file.write_text(sources_toml(running.bases), encoding="utf-8")
        yield file, tuple(urlsplit(base).netloc for base in running.bases)
