"""Every article folder through every stage: the committed JSON is what the stages say today.

`make golden` rewrites the files; `git diff` is then the review.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from services.indexer.document import document
from services.local.inputs import TEXT, raw_article
from services.local.route import route
from shared.codec import decode, encode
from shared.messages import EnrichedArticle
from shared.transport.memory import Route, walk

FOLDERS = sorted((Path(__file__).parent.parent / "fixtures" / "articles").iterdir())
FETCHED = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def stages() -> Route:
    return route()


def pretty(data: bytes) -> str:
    return json.dumps(json.loads(data), indent=2, ensure_ascii=False) + "\n"


def produced(folder: Path, stages: Route) -> dict[str, str]:
    page = next(folder.glob("page.*"))
    raw = raw_article(
        url=f"https://news.example.org/{folder.name}",
        content=page.read_text(encoding="utf-8"),
        when=FETCHED,
        path=page.name,
        media_type=TEXT if page.suffix == ".txt" else "text/html",
        charset="utf-8",
    )
    trail = walk(stages, encode(raw))
    files = {}
    for done in trail:
        if done.out is None:
            files["rejected.json"] = pretty(msgspec.json.encode({"stage": done.stage, "reason": done.reason}))
        else:
            files[f"{done.stage}.json"] = pretty(done.out)
    if trail[-1].out is not None:
        indexed = document(decode(trail[-1].out, EnrichedArticle))
        fields = {key: value for key, value in msgspec.to_builtins(indexed).items() if key != "article"}
        files["document.json"] = pretty(msgspec.json.encode(fields))
    return files


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_article(folder: Path, stages: Route, request: pytest.FixtureRequest):
    files = produced(folder, stages)
    if request.config.getoption("--update"):
        for old in folder.glob("*.json"):
            old.unlink()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    committed = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    assert files == committed, "the stages say something else now: `make golden`, then read `git diff`"
