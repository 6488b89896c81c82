"""Articles of our own writing, and one loaded pool for all tests of the tagger."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from services.tagger.judge import Tools
from services.tagger.settings import TaggerSettings
from services.tagger.tag import tag
from services.tagger.work import load_tools
from shared.identity import article_id
from shared.messages import Block, CleanArticle, Source, TaggedArticle, text_of

THEN = datetime(2026, 11, 22, 8, tzinfo=UTC)
URL = "https://news.example/council"


@pytest.fixture(scope="session")
def tools() -> Tools:
    return load_tools(TaggerSettings())


@pytest.fixture(scope="session")
def tagged(tools: Tools) -> Callable[..., TaggedArticle]:
    """`tagged("text")`, or with a list of blocks; every other field of the article as keyword."""
    work = partial(tag, tools=tools)

    def run(text: str | list[Block], **fields: object) -> TaggedArticle:
        body = {"text": text} if isinstance(text, str) else {"text": text_of(tuple(text)), "blocks": tuple(text)}
        given = {"article_id": article_id(URL), "revision": 1, "url": URL, "source": Source(id="test")}
        times = {"first_seen_at": THEN, "discovered_at": THEN, "fetched_at": THEN}
        return work(CleanArticle(**{**given, **times, **body, **fields}))

    return run
