import csv
import io
import xml.etree.ElementTree as ET
from datetime import datetime

import msgspec
import pytest

from services.search.formats import ATOM, COLUMNS, as_atom, as_csv, as_json, as_jsonl, web_link
from shared import codec
from shared.messages import EnrichedArticle
from shared.searchindex.query import Bucket, Hit, Results, Snippet
from tests.fixtures.press import HARBOUR, HOSTILE, PRESS, document

A = f"{{{ATOM}}}"


def results_of(*articles: EnrichedArticle) -> Results:
    hits = tuple(
        Hit(document=document(article), title=Snippet(article.title), snippet=Snippet(article.text[:80], ((0, 5),)))
        for article in articles
    )
    return Results(total=len(hits), hits=hits, facets={"lang": (Bucket("fa", 2),)}, cursor="next")


def test_json_says_where_the_query_matched_and_where_to_go_on() -> None:
    answer = msgspec.json.decode(as_json(results_of(HARBOUR), "/api/search?cursor=next"))
    assert answer["total"] == 1
    assert answer["facets"] == {"lang": [{"value": "fa", "name": "Persian", "count": 2}]}
    assert (answer["cursor"], answer["next"]) == ("next", "/api/search?cursor=next")
    hit = answer["hits"][0]
    assert hit["snippet"] == {"text": HARBOUR.text[:80], "marks": [[0, 5]]}
    assert hit["article"] == f"/api/articles/{HARBOUR.article_id}"


def test_json_lines_are_whole_articles() -> None:
    lines = as_jsonl(results_of(*PRESS)).splitlines()
    assert [codec.decode(line, EnrichedArticle) for line in lines] == list(PRESS)


def test_csv_has_a_header_and_a_row_an_article() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(results_of(*PRESS)), newline="")))
    assert list(rows[0]) == COLUMNS
    assert [row["title"] for row in rows] == [article.title for article in PRESS]
    assert rows[0]["authors"] == "Ilse Brandt; Tom Okafor"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
def test_csv_cells_that_start_like_formulas_are_quoted(start: str) -> None:
    article = msgspec.structs.replace(HARBOUR, title=start, authors=(start,), keyphrases=(start,), summary=start)
    row = next(csv.DictReader(io.StringIO(as_csv(results_of(article)), newline="")))
    assert [row[column] for column in ("title", "authors", "keyphrases", "summary")] == ["'" + start] * 4


def test_no_csv_cell_of_a_hostile_article_starts_like_a_formula() -> None:
    for row in csv.reader(io.StringIO(as_csv(results_of(HOSTILE)), newline="")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def atom(*articles: EnrichedArticle, next_page: str = "") -> ET.Element:
    return ET.fromstring(
        as_atom(results_of(*articles), "News", "http://127.0.0.1:8800", "/api/search?q=a&b", next_page)
    )


def test_a_feed_has_what_rfc_4287_requires() -> None:
    feed = atom(*PRESS, next_page="/api/search?cursor=x")
    for parent in (feed, *feed.iter(f"{A}entry")):
        for required in ("id", "title", "updated"):
            assert len(parent.findall(A + required)) == 1, (parent, required)
        assert datetime.fromisoformat(parent.findtext(f"{A}updated") or "").tzinfo
    assert feed.find(f"{A}author/{A}name") is not None  # for entries without one
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{A}link")}
    assert links == {
        "self": "http://127.0.0.1:8800/api/search?q=a&b",
        "next": "http://127.0.0.1:8800/api/search?cursor=x",
    }
    ids = [entry.findtext(f"{A}id") for entry in feed.iter(f"{A}entry")]
    assert len(set(ids)) == len(PRESS)


def test_a_feed_without_entries_is_still_a_feed() -> None:
    assert atom().findtext(f"{A}updated") == "1970-01-01T00:00:00+00:00"


def test_a_feed_says_the_language_of_each_entry() -> None:
    langs = [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in atom(*PRESS).iter(f"{A}entry")]
    assert langs == [article.lang for article in PRESS]


def test_characters_that_xml_cannot_hold_are_left_out_of_a_feed() -> None:
    article = msgspec.structs.replace(HARBOUR, title="a\x00b\x1b\ufffe\U0001f30a", keyphrases=("\x0bk",))
    entry = atom(article).find(f"{A}entry")
    assert entry is not None
    assert entry.findtext(f"{A}title") == "ab\U0001f30a"
    assert [category.get("term") for category in entry.findall(f"{A}category")] == ["k"]


def test_a_feed_never_links_to_a_script() -> None:
    entry = atom(HOSTILE).find(f"{A}entry")
    assert entry is not None
    assert [link.get("rel") for link in entry.findall(f"{A}link")] == ["related"]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/", True),
        ("HTTP://a.example/", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/", False),
        ("urn:wireroom:file:00", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url: str, safe: bool) -> None:
    assert web_link(url) == (url if safe else "")
