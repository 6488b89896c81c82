"""The whole service over the real embedded index, on a port of loopback."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from services.search.app import create_app
from services.search.readings import of_this_process
from services.search.status import Watch
from shared.messages import EnrichedArticle
from shared.observe.fetching import FeedStatus, Fetching, SourceStatus
from shared.searchindex.embedded import EmbeddedIndex
from tests.fixtures.press import ENDLESS, HOSTILE, PRESS, WITHDRAWN, document
from tests.fixtures.serving import serving

Site = Callable[[Sequence[EnrichedArticle]], AbstractContextManager[str]]

FETCHING = Fetching(
    fates={"fetched": 13, "gone": 1, "refused": 2},
    refusals={"robots": 2},
    outbox=1,
    feeds=(
        FeedStatus(source="tide-gazette", url="https://tide-gazette.example/feed.xml", title="<b>Tide</b> Gazette"),
        FeedStatus(source="faro", url="https://faro.example/" + "s" * 300, outcome="failed", detail="HTTP <503>"),
    ),
    sources=(SourceStatus(source="faro", feeds=1, silent_since=datetime(2026, 11, 20, 8, tzinfo=UTC)),),
)


@pytest.fixture(scope="session")
def site_of(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Serves an index of just these articles while a `with` block runs; gives its base address."""

    @contextmanager
    def site_of(articles: Sequence[EnrichedArticle]) -> Iterator[str]:
        index = EmbeddedIndex(tmp_path_factory.mktemp("index"))
        index.apply([document(article) for article in articles])
        status = Watch(of_this_process(REGISTRY.collect), lambda: FETCHING, lambda: datetime.now(UTC))
        with serving(create_app(index, status)) as base:
            yield base
        index.close()

    return site_of


@pytest.fixture(scope="session")
def site(site_of: Site) -> Iterator[str]:
    """The base address of a site with the press, hostile and endless articles among it, and one that was withdrawn."""
    with site_of([*PRESS, HOSTILE, ENDLESS, WITHDRAWN]) as base:
        yield base


@pytest.fixture(scope="session")
def pages() -> Sequence[str]:
    """Every kind of page for people, with content of every kind."""
    searches = ("", "?q=harbour", "?q=hostile", "?q=endless", "?q=zzzzz", "?q=(a", "?q=%22%3Cscript%3E", "?lang=fa")
    shown = (*PRESS, HOSTILE, ENDLESS, WITHDRAWN)
    return [
        *(f"/{search}" for search in searches),
        "/status",
        "/nowhere",
        *(f"/articles/{a.article_id}" for a in shown),
    ]
