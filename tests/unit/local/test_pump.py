"""From the outbox to the index: an acknowledgement only for what is durable, and a broken stage parks nothing."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.local import pump as pumping
from services.local.parked import Parked
from services.local.pump import pump
from shared.codec import encode
from shared.identity import article_id
from shared.messages import Article, EnrichedArticle, RawArticle, Source
from shared.outcomes import Done, Reason
from shared.searchindex.embedded import EmbeddedIndex
from shared.transport.pool import Pool

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def raw(name: str, content: str = "text", revision: int = 1) -> bytes:
    url = f"https://example.org/{name}"
    return encode(
        RawArticle(
            article_id=article_id(url),
            revision=revision,
            url=url,
            source=Source(id="s", channel="file"),
            first_seen_at=NOW,
            discovered_at=NOW,
            fetched_at=NOW,
            content=content,
        )
    )


def carry(data: bytes) -> list[Done]:
    from shared.codec import decode

    article = decode(data, RawArticle)
    base = {name: getattr(article, name) for name in Article.__struct_fields__}
    known = {"article_id": article.article_id, "revision": article.revision, "url": article.url}
    if article.content == "empty":
        return [Done(stage="cleaner", outcome="rejected", reason=Reason.EMPTY, **known)]
    if article.content.startswith("broken") and not Path(article.content.split()[1]).exists():
        return [Done(stage="tagger", outcome="rejected", reason=Reason.CRASHED, **known)]
    out = encode(EnrichedArticle(**base, title=article.url, text=article.content))
    return [Done(stage="enricher", outcome="passed", out=out, **known)]


def prepare():
    return carry


class Outbox:
    """The fetcher's outbox in memory, with the same two calls."""

    def __init__(self, *messages: bytes) -> None:
        self.rows = dict(enumerate(messages, start=1))

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, bytes]]:
        return [(row, data) for row, data in self.rows.items() if row > after][:limit]

    def acknowledge(self, rows: Sequence[int]) -> None:
        for row in rows:
            del self.rows[row]


async def run(outbox: Outbox, folder: Path, until, seconds: float = 30) -> EmbeddedIndex:
    stop = asyncio.Event()
    pool = Pool(prepare, workers=2, deadline_seconds=5)
    index = EmbeddedIndex(folder / "index")
    with Parked(folder / "parked.jsonl") as parked:
        job = asyncio.create_task(pump(outbox, pool, index, parked, 10, stop))
        try:
            async with asyncio.timeout(seconds):
                while not until():
                    await asyncio.sleep(0.05)
        finally:
            stop.set()
            await job
            pool.kill()
    return index


async def test_everything_is_indexed_or_parked_before_it_leaves_the_outbox(tmp_path: Path):
    outbox = Outbox(raw("a"), raw("b", "empty"), raw("c"), raw("a", "newer", revision=2), raw("a", "text"))
    index = await run(outbox, tmp_path, lambda: not outbox.rows)
    assert index.count() == 2
    newest = index.get(article_id("https://example.org/a"))
    assert newest is not None
    assert (newest.revision, newest.text) == (2, "newer")
    assert (tmp_path / "parked.jsonl").read_text().count('"reason":"empty"') == 1
    index.close()


async def test_a_broken_stage_parks_nothing_and_goes_on_by_itself_when_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pumping, "FIRST_PROBE_SECONDS", 0.05)
    mended = tmp_path / "mended"
    outbox = Outbox(*(raw(str(number), f"broken {mended}") for number in range(30)))

    async def mend() -> None:
        await asyncio.sleep(2)
        assert len(outbox.rows) == 30
        assert not (tmp_path / "parked.jsonl").read_bytes()
        mended.touch()

    mending = asyncio.create_task(mend())
    index = await run(outbox, tmp_path, lambda: not outbox.rows)
    await mending
    assert index.count() == 30
    assert not (tmp_path / "parked.jsonl").read_bytes()
    index.close()
