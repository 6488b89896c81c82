import csv
import io
import re
import socket
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.search.api import ARTICLE_FORMATS, FORMATS, MEDIA_TYPES
from services.search.app import SECURITY_HEADERS, create_app
from services.search.formats import ATOM
from services.search.listen import listen
from services.search.status import Status
from shared import codec
from shared.messages import EnrichedArticle
from shared.observe.fetching import Fetching
from shared.searchindex.document import Document
from shared.searchindex.index import Outcome, Unavailable
from shared.searchindex.query import Query, Results
from shared.topology import PIPELINE
from tests.fixtures.ninjs_schema import NEEDS_SCHEMA, NinjsSchema
from tests.fixtures.press import BEGINNING, ENDLESS, HARBOUR, HOSTILE, OBSERVATORY, PRESS, WITHDRAWN
from tests.fixtures.serving import Answer, get, serving

LIVE = {article.article_id for article in (*PRESS, HOSTILE, ENDLESS)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=" + quote("harbour strike"), {HARBOUR.article_id}),
        ("q=" + quote('"grain carriers"'), {HARBOUR.article_id}),
        ("q=" + quote("المرصد"), {OBSERVATORY.article_id}),
        ("q=" + quote("夜市"), {PRESS[5].article_id}),
        ("q=northport&lang=de", {PRESS[6].article_id}),
        ("q=northport+-lang:en+-lang:es", {PRESS[6].article_id}),
        ("source=tide-gazette", {HARBOUR.article_id}),
        ("country=AE", {OBSERVATORY.article_id}),
        ("entity=" + quote("נועה"), set()),
        ("entity=" + quote("נועה ברק"), {PRESS[3].article_id}),
        ("author=" + quote("Ilse Brandt"), {HARBOUR.article_id}),
        ("keyphrase=" + quote("夜市"), {PRESS[5].article_id}),
        ("since=2026-11-20&until=2026-11-21&lang=en", {HARBOUR.article_id}),
        ("lang=en&until=2026-11-01", set()),
    ],
)
def test_articles_are_found(site: str, query: str, found: set[str]) -> None:
    answer = get(f"{site}/api/search?{query}")
    assert answer.status == 200
    assert {hit["id"] for hit in answer.json["hits"]} == found
    assert answer.json["total"] == len(found)


def test_hits_say_where_the_words_stand(site: str) -> None:
    hit = get(f"{site}/api/search?q=stall").json["hits"][0]
    start, end = hit["title"]["marks"][0]
    assert hit["title"]["text"][start:end] == "stall"


def test_facets_count_what_was_found(site: str) -> None:
    facets = get(f"{site}/api/search?q=northport").json["facets"]
    assert {bucket["value"]: bucket["count"] for bucket in facets["lang"]} == {"de": 1, "en": 1, "es": 1}
    assert {bucket["name"] for bucket in facets["country"]} == {"Germany", "United Kingdom", "Spain"}


def ids_of(answer: Answer, form: str) -> list[str]:
    if form == "json":
        return [hit["id"] for hit in answer.json["hits"]]
    if form == "jsonl":
        return [codec.decode(line, EnrichedArticle).article_id for line in answer.body.splitlines()]
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]
    if form == "ninjs":
        ids = [one for item in answer.json["items"] for one in item["altIds"]]
        return [one["value"] for one in ids if one["role"] == "wireroom"]
    if form == "newsarticle":
        return [item["identifier"]["value"] for item in answer.json["itemListElement"]]
    entries = ET.fromstring(answer.body).iter(f"{{{ATOM}}}entry")
    return [(entry.findtext(f"{{{ATOM}}}id") or "").rpartition(":")[2] for entry in entries]


@pytest.mark.parametrize("form", FORMATS)
def test_the_link_header_leads_through_all_articles_once(site: str, form: str) -> None:
    seen: list[str] = []
    here = f"/api/search?size=4&format={form}"
    while here:
        answer = get(site + here)
        assert answer.status == 200
        seen += ids_of(answer, form)
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", ""))
        here = link[1] if link else ""
    assert len(seen) == len(LIVE)
    assert set(seen) == LIVE


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("json", "application/json"),
        ("jsonl", "application/jsonl"),
        ("csv", "text/csv; charset=utf-8"),
        ("atom", "application/atom+xml"),
        ("ninjs", "application/json"),
        ("newsarticle", "application/ld+json"),
    ],
)
def test_each_format_says_what_it_is(site: str, form: str, media_type: str) -> None:
    assert get(f"{site}/api/search?format={form}").headers["Content-Type"] == media_type
    if form in ARTICLE_FORMATS:
        article = get(f"{site}/api/articles/{HARBOUR.article_id}?format={form}")
        assert article.headers["Content-Type"] == media_type


def test_the_next_page_of_ninjs_is_in_its_body_too(site: str) -> None:
    here, seen = "/api/search?format=ninjs&size=5&q=-zzz", []
    while here:
        page = get(site + here).json
        assert page["total"] == len(LIVE)
        assert (page["next"] == "") == (page["cursor"] == "")
        seen += [item["uri"] for item in page["items"]]
        here = page["next"]
    assert len(seen) == len(set(seen)) == len(LIVE)


@NEEDS_SCHEMA
def test_every_article_is_valid_ninjs_hostile_ones_too(site: str) -> None:
    schema, found = NinjsSchema(), get(f"{site}/api/search?format=ninjs&size=100").json["items"]
    assert len(found) == len(LIVE)
    for item in found:
        assert not list(schema.errors(item)), item["uri"]
        (article_id,) = (one["value"] for one in item["altIds"] if one["role"] == "wireroom")
        assert get(f"{site}/api/articles/{article_id}?format=ninjs").json == item


def test_a_list_of_newsarticles_counts_them_all_and_holds_each_whole(site: str) -> None:
    found = get(f"{site}/api/search?format=newsarticle&size=2&sort=newest").json
    assert (found["@context"], found["@type"], found["numberOfItems"]) == ("https://schema.org", "ItemList", len(LIVE))
    assert [item["@type"] for item in found["itemListElement"]] == ["NewsArticle"] * 2
    for item in found["itemListElement"]:
        alone = get(f"{site}/api/articles/{item['identifier']['value']}?format=newsarticle").json
        assert alone == item


def test_a_feed_begins_with_the_newest(site: str) -> None:
    feed = ET.fromstring(get(f"{site}/api/search?format=atom&q=northport").body)
    published = [entry.findtext(f"{{{ATOM}}}published") or "" for entry in feed.iter(f"{{{ATOM}}}entry")]
    assert published == sorted(published, reverse=True)


@pytest.mark.parametrize(
    ("query", "parameter", "position", "value"),
    [
        ("q=" + quote('strike "harbour'), "q", 7, 'strike "harbour'),
        ("q=" + quote("(مرصد"), "q", 0, "(مرصد"),
        ("format=xml", "format", 0, "xml"),
        ("format=json&format=ninjs", "format", 0, "ninjs"),
        ("cursor=nonsense", "cursor", 0, "nonsense"),
        ("since=yesterday", "since", 0, "yesterday"),
        ("sort=best", "sort", 0, "best"),
        ("size=many", "size", 0, "many"),
    ],
)
def test_a_bad_query_is_told_where_and_why(site: str, query: str, parameter: str, position: int, value: str) -> None:
    answer = get(f"{site}/api/search?{query}")
    assert answer.status == 400
    error = answer.json
    assert (error["parameter"], error["position"], error["query"]) == (parameter, position, value)
    assert error["error"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_answered_or_refused(site: str, text: str) -> None:
    for path in ("/", "/api/search"):
        assert get(f"{site}{path}?q={quote(text)}").status in (200, 400)


def test_bytes_that_are_no_text_are_answered(site: str) -> None:
    assert get(f"{site}/?q=%ff%fe%00&lang=%c3%28").status in (200, 400)


def test_an_article_comes_whole(site: str) -> None:
    answer = get(f"{site}/api/articles/{HARBOUR.article_id}")
    assert codec.decode(answer.body, EnrichedArticle) == HARBOUR


def test_a_format_that_is_none_is_told_with_those_that_are(site: str) -> None:
    for path, known in (("search", FORMATS), (f"articles/{HARBOUR.article_id}", ARTICLE_FORMATS)):
        answer = get(f"{site}/api/{path}?format=NINJS")
        assert answer.status == 400
        assert answer.json == {
            "error": f"the formats are {', '.join(known)}, not 'NINJS'",
            "position": 0,
            "parameter": "format",
            "query": "NINJS",
        }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/articles/{'0' * 32}?format=ninjs", 404),
        (f"/api/articles/{WITHDRAWN.article_id}?format=ninjs", 410),
        (f"/api/articles/{'0' * 32}", 404),
        ("/api/articles/x", 404),
        (f"/api/articles/{WITHDRAWN.article_id}", 410),
        ("/api/nothing", 404),
    ],
)
def test_what_is_not_there_is_told_as_json(site: str, path: str, status: int) -> None:
    answer = get(site + path)
    assert answer.status == status
    assert answer.json["error"]


def test_sources_tell_their_content_clock(site: str):
    told = get(f"{site}/api/sources").json
    assert [source["source"] for source in told["sources"]] == ["faro"]
    assert told["sources"][0]["silent_since"] == "2026-11-20T08:00:00Z"
    assert [feed["source"] for feed in told["feeds"]] == ["tide-gazette", "faro"]
    assert "Silent for longer" in get(f"{site}/status").text


def test_the_status_has_a_row_for_every_stage(site: str) -> None:
    status = get(f"{site}/api/status").json
    assert [row["stage"] for row in status["stages"]] == [stage.name for stage in PIPELINE]
    assert status["fetching"]["fates"] == {"fetched": 13, "gone": 1, "refused": 2}


def test_metrics_count_searches(site: str) -> None:
    def bad() -> float:
        found = re.search(r'^wireroom_searches_total\{outcome="bad_query"\} (\S+)', get(f"{site}/metrics").text, re.M)
        return float(found[1]) if found else 0.0

    before = bad()
    get(f"{site}/api/search?q=%22")
    get(f"{site}/?q=%22")
    assert bad() == before + 2


def test_every_answer_carries_the_security_headers(site: str, pages: Sequence[str]) -> None:
    machine = ["/api/search", "/api/search?q=(", "/api/status", "/metrics", "/healthz", "/static/wireroom.css"]
    for path in (*pages, *machine):
        headers = get(site + path).headers
        assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, path


class Away:
    """A search index whose engine is away, or broken."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def apply(self, batch: Sequence[Document]) -> list[Outcome]:
        raise self.error

    def search(self, query: Query) -> Results:
        raise self.error

    def get(self, article_id: str) -> Document | None:
        raise self.error

    def count(self) -> int:
        raise self.error

    def healthy(self) -> bool:
        return False

    def close(self) -> None: ...


def quiet() -> Status:
    return Status(
        at=BEGINNING, window_seconds=0, documents=0, fetch_to_index_p95_seconds=None, stages=(), fetching=Fetching()
    )


def test_while_the_engine_is_away_the_process_stays_healthy_and_says_so() -> None:
    with serving(create_app(Away(Unavailable("connection refused")), quiet)) as base:
        assert get(f"{base}/healthz").status == 200
        assert get(f"{base}/readyz").status == 503
        assert get(f"{base}/status").status == 200
        for path in ("/", "/api/search", f"/articles/{HARBOUR.article_id}", f"/api/articles/{HARBOUR.article_id}"):
            answer = get(base + path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5"), path
            assert "connection refused" not in answer.text


def test_a_fault_of_ours_shows_no_internals() -> None:
    with serving(create_app(Away(KeyError("secret detail")), quiet)) as base:
        for path in ("/", "/api/search"):
            answer = get(base + path)
            assert answer.status == 500
            assert "secret" not in answer.text
            assert answer.headers["Content-Security-Policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_the_search_is_described_with_every_parameter(site: str) -> None:
    paths = get(f"{site}/openapi.json").json["paths"]
    described = {one["name"]: one["schema"] for one in paths["/api/search"]["get"]["parameters"]}
    assert described.keys() >= {"q", "lang", "since", "cursor", "format"}
    assert described["format"]["enum"] == list(FORMATS)
    types = paths["/api/search"]["get"]["responses"]["200"]["content"]
    assert types.keys() == set(MEDIA_TYPES.values())
    parameters = paths["/api/articles/{article_id}"]["get"]["parameters"]
    assert {one["name"] for one in parameters} == {"article_id", "format"}


def test_answers_leave_at_once() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as client:
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert client.getpeername() == listener.getsockname()


def test_ready_means_that_the_index_answers(site: str) -> None:
    assert (get(f"{site}/healthz").status, get(f"{site}/readyz").status) == (200, 200)
