import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.identifiers import address, uri
from shared.formats.markup import xhtml
from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import EXTENSION, ninjs
from shared.messages import Block, BlockKind, Dateline, EnrichedArticle, Entity, Source, Span

THEN = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def article(**fields):
    return EnrichedArticle(
        **{
            "article_id": "0" * 32,
            "revision": 7,
            "url": "https://news.example/häfen?a=1",
            "source": Source(id="example"),
            "first_seen_at": THEN,
            "discovered_at": THEN,
            "fetched_at": THEN,
            "title": "New ferry",
            "text": "KIEL (AP) — Greta Lindqvist left Kiel.",
            "lang": "en",
            "authors": ("Jane Roe", "Li Wei"),
            "published_at": "2026-11-22T10:00:00+02:00",
            "site_name": "Example News",
            "summary": "Greta Lindqvist left Kiel.",
            "keyphrases": ("ferry",),
            "dateline": Dateline(
                place="KIEL",
                place_id="geonames:2891122",
                country="DE",
                latitude=54.3213,
                longitude=10.1349,
                agency="AP",
            ),
            "entities": (
                Entity(text="Greta Lindqvist", type="person", id="local:1", spans=(Span(start=12, end=27),)),
                Entity(text="Kiel", type="place", id="geonames:2891122", country="DE", spans=(Span(start=33, end=37),)),
            ),
        }
        | fields
    )


def test_ninjs_puts_facts_where_ninjs_has_a_field():
    item = ninjs(article())
    assert item["uri"] == "https://news.example/h%C3%A4fen?a=1"
    assert item["located"] == "KIEL"
    assert item["by"] == "Jane Roe, Li Wei"
    assert item["contentCreated"] == "2026-11-22T10:00:00+02:00"
    assert item["infoSources"] == [{"name": "Example News", "role": "publisher"}, {"name": "AP", "role": "agency"}]
    assert item["places"][0]["geoJSON"]["coordinates"] == [10.1349, 54.3213]
    assert item["people"] == [{"name": "Greta Lindqvist", "rel": "mentions", "literal": "local:1"}]
    assert item["subjects"] == [{"name": "ferry", "rel": "keyword", "creator": "wireroom"}]
    body = item["bodies"][0]["value"]
    for mention in item[EXTENSION]["mentions"]:
        assert body[mention["start"] : mention["end"]] in ("Greta Lindqvist", "Kiel")


def test_ninjs_has_the_text_to_count_in_and_the_blocks_with_their_markup():
    blocks = (
        Block(kind="paragraph", text="KIEL (AP) — A & B <left>.\nBoth of them."),
        Block(kind="heading", text="Why"),
        Block(kind="list", text="One\nTwo"),
        Block(kind="quote", text="We left."),
        Block(kind="table", text="Ferry |  | Hour\nAurora | new | 7"),
        Block(kind="caption", text="The quay."),
    )
    plain, rich = ninjs(article(blocks=blocks))["bodies"]
    assert (plain["role"], plain["contentType"], plain["value"]) == ("main", "text/plain", article().text)
    assert plain["charCount"] == len(article().text)
    assert (rich["role"], rich["contentType"]) == ("richtext", "application/xhtml+xml")
    assert rich["value"] == (
        "<p>KIEL (AP) — A &amp; B &lt;left&gt;.</p><p>Both of them.</p><h2>Why</h2><ul><li>One</li><li>Two</li></ul>"
        "<blockquote><p>We left.</p></blockquote>"
        "<table><tr><td>Ferry</td><td></td><td>Hour</td></tr><tr><td>Aurora</td><td>new</td><td>7</td></tr></table>"
        "<p>The quay.</p>"
    )


@given(st.lists(st.builds(Block, kind=st.sampled_from(BlockKind.__args__), text=st.text())))
def test_markup_is_well_formed_and_keeps_the_words(blocks):
    body = ET.fromstring(f"<body>{xhtml(blocks)}</body>")
    letters = "".join(filter(str.isalnum, "".join(body.itertext())))
    assert letters == "".join(filter(str.isalnum, "".join(block.text for block in blocks)))
    assert {one.tag for one in body.iter()} <= set("body p h2 ul li blockquote table tr td".split())
    assert not any(one.attrib for one in body.iter())


def test_a_bare_day_is_no_instant():
    item = ninjs(article(published_at="2026-11-22"))
    assert "contentCreated" not in item
    assert item[EXTENSION]["published"] == "2026-11-22"


def test_a_withdrawn_article_is_cancelled():
    withdrawn = article(state="withdrawn", text="", title="", entities=(), dateline=None, summary="", keyphrases=())
    assert ninjs(withdrawn)["pubStatus"] == "canceled"
    assert "bodies" not in ninjs(withdrawn)
    assert newsarticle(withdrawn)["creativeWorkStatus"] == "Withdrawn"


def test_newsarticle_names_people_places_and_the_agency():
    item = newsarticle(article())
    assert item["headline"] == "New ferry"
    assert item["author"] == [{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "Li Wei"}]
    assert item["creditText"] == "AP"
    assert item["locationCreated"]["address"]["addressCountry"] == "DE"
    assert item["mentions"][1] == {"@type": "Place", "name": "Kiel", "sameAs": "https://sws.geonames.org/2891122/"}
    assert json.loads(json.dumps(item)) == item


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("geonames:2891122", "https://sws.geonames.org/2891122/"),
        ("iso:KR", "http://cvx.iptc.org/iso3166-1a2/kr"),
        ("wikidata:Q42", "http://www.wikidata.org/entity/Q42"),
        ("local:1f", ""),
        ("", ""),
    ],
)
def test_an_id_is_an_address_only_where_its_vocabulary_is_public(identifier, expected):
    assert address(identifier) == expected


def test_an_encoded_address_stays_as_it_is():
    assert uri("https://a.example/%C3%A4?x=[1]#top") == "https://a.example/%C3%A4?x=[1]#top"
