"""The canary: new articles are looked for until a search finds them."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import REGISTRY

from services.newsroom.canary import Canary, asking
from services.newsroom.truth import Truth
from shared.identity import article_id

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def published(after: float, name: str = "ferry", state: str = "live") -> Truth:
    return Truth(
        source="harrow", url=f"http://127.0.0.1:8811/news/{name}", linked="", state=state, reason="", language="en",
        title=name, text=name, authors=(), published=(START + timedelta(seconds=after)).isoformat(), modified=None,
        revision=1, words=(name,),
    )  # fmt: skip


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Index:
    """A search that finds what was put in it; `away` while it does not answer."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.asked: list[str] = []
        self.away = False

    async def find(self, word: str) -> frozenset[str]:
        if self.away:
            raise OSError("refused")
        self.asked.append(word)
        return frozenset(self.ids)


def measured() -> float:
    return REGISTRY.get_sample_value("wireroom_canary_publish_to_search_seconds_count") or 0.0


async def test_an_article_waits_until_it_is_found_and_is_then_measured_once():
    index, before = Index(), measured()
    canary, articles = Canary(index.find, START), [published(10)]
    assert await canary.look(articles, at(12)) == 2
    assert await canary.look(articles, at(70)) == 60
    assert measured() == before
    index.ids.add(article_id(articles[0].url))
    assert await canary.look(articles, at(80)) == 0
    assert await canary.look(articles, at(90)) == 0
    assert measured() == before + 1
    assert index.asked == ["ferry"] * 3


async def test_a_search_that_is_away_finds_nothing_and_the_wait_goes_on():
    index = Index()
    canary = Canary(index.find, START)
    index.away = True
    assert await canary.look([published(10)], at(400)) == 390
    assert REGISTRY.get_sample_value("wireroom_canary_waiting_seconds") == 390


async def test_what_no_reader_could_find_is_not_looked_for():
    index = Index()
    canary = Canary(index.find, START)
    old, refused, gone = published(-1), published(1, "closed", "refused"), published(2, "gone", "withdrawn")
    assert await canary.look([old, refused, gone], at(999)) == 0
    assert index.asked == []


async def test_over_http_it_reads_the_ids_of_the_hits_and_a_failure_is_an_oserror():
    async def search(request: web.Request) -> web.Response:
        if request.query["q"] == "broken":
            return web.json_response({"error": "away"}, status=503)
        return web.json_response({"hits": [{"id": "a"}, {"id": "b"}]})

    application = web.Application()
    application.router.add_get("/api/search", search)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        find = asking(session, str(server.make_url("")).rstrip("/"))
        assert await find("ferry") == {"a", "b"}
        with pytest.raises(OSError, match="503"):
            await find("broken")
