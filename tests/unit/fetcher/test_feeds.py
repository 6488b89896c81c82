"""Feeds of every format to the same entries."""

import gzip
import re
from urllib.parse import urljoin

import msgspec
import pytest

from services.fetcher.feed_document import Entry, Feed, FeedDocument
from services.fetcher.feeds import parse_feed, parse_lot
from services.fetcher.repair import NotAFeed
from services.fetcher.survey import Wishes
from shared.messages import FeedEntry

URL = "https://news.example/feeds/all.xml"


def read(body: bytes | str, **more) -> Feed:
    return parse_feed(FeedDocument(URL, body.encode() if isinstance(body, str) else body, **more))


def only(body: bytes | str, **more) -> Entry:
    (entry,) = read(body, **more).entries
    return entry


def rss(item: str, channel: str = "", root: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom" {root}>'
        f"<channel><title>News</title>{channel}{item}</channel></rss>"
    )


def test_rss():
    entry = only(
        rss(
            "<item><title>Fish &amp;amp; chips &lt;b&gt;again&lt;/b&gt;</title><link>../a?x=1&amp;y=2</link>"
            "<guid isPermaLink='false'>g1</guid><pubDate>Sun, 22 Nov 2026 08:30:00 +0200</pubDate>"
            "<description>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</description><dc:creator>Ann Lee</dc:creator>"
            "<category>Food</category><category>Sea</category><category>Food</category></item>"
        )
    )
    assert entry == Entry(
        "https://news.example/a?x=1&y=2",
        "g1",
        FeedEntry(
            title="Fish & chips again",
            authors=("Ann Lee",),
            published="2026-11-22T08:30:00+02:00",
            summary="One two",
            categories=("Food", "Sea"),
        ),
    )


def test_atom_with_base_addresses_and_the_source_of_a_copied_entry():
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/">'
        '<title type="html">&lt;i&gt;N</title>'
        '<entry xml:base="sub/"><title>One</title><link href="p.html"/><id>tag:1</id>'
        "<source><title>Elsewhere</title><updated>2020-01-01T00:00:00Z</updated></source>"
        "<updated>2026-11-23T00:00:00Z</updated><published>2026-11-22T08:30:00-05:00</published>"
        "<author><name>Ann</name></author></entry>"
        '<entry><title>Two</title><link rel="alternate" href="/q.html"/><updated>2026-11-22</updated></entry></feed>'
    )
    one, two = feed.entries
    assert feed.title == "N"
    assert (one.link, one.told.published) == ("https://other.example/sub/p.html", "2026-11-22T08:30:00-05:00")
    assert (two.link, two.told.published) == ("https://other.example/q.html", "2026-11-22")


def test_rdf():
    entry = only(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>N</title></channel>'
        '<item rdf:about="https://news.example/1"><title>One</title><link>https://news.example/1</link>'
        "<dc:date>2026-11-22T08:30:00+01:00</dc:date></item></rdf:RDF>"
    )
    assert (entry.link, entry.told.published) == ("https://news.example/1", "2026-11-22T08:30:00+01:00")


def test_json_feed():
    feed = read(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "N", "hubs": [{"url": "https://hub.example/"}], '
        '"items": [{"id": "1", "url": "/1", "title": "One", "date_published": "2026-11-22T08:30:00+02:00", '
        '"authors": [{"name": "Ann"}], "tags": ["a"], "content_text": "text"}]}'
    )
    (entry,) = feed.entries
    assert (entry.link, entry.told.published) == ("https://news.example/1", "2026-11-22T08:30:00+02:00")
    assert (entry.told.authors, entry.told.categories) == (("Ann",), ("a",))
    assert feed.wishes.hub == "https://hub.example/"


def test_what_a_feed_wants():
    channel = (
        "<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0.5</sy:updateFrequency>"
        "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
        '<atom:link rel="hub" href="https://hub.example/"/>'
    )
    item = "<item><link>/1</link><ttl>999999</ttl></item>"
    wants = Wishes(3600.0, frozenset({0, 7}), frozenset({6}), "https://hub.example/")
    assert read(rss(item, channel)).wishes == wants
    assert read(rss(item)).wishes == Wishes()


@pytest.mark.parametrize("period", ["hourly", "daily"])
def test_several_updates_a_period_share_it(period: str):
    channel = f"<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    assert read(rss("<item/>", channel)).wishes.wait_seconds == {"hourly": 1800, "daily": 43_200}[period]


def test_an_ill_formed_feed_is_read_as_far_as_it_goes():
    feed = read(rss("<item><title>One</title><link>/1</link></item><item><title>x</broken>"))
    assert (feed.entries[0].told.title, feed.entries[0].link) == ("One", "https://news.example/1")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Q & A", "Q & A"),
        ("AT&T", "AT&T"),
        ("caf&eacute;&nbsp;noir", "café noir"),
        ("&unknown; word", "&unknown; word"),
        ("&#233;t&#xe9;", "été"),
        ("<![CDATA[R&D &eacute;]]>", "R&D é"),
        ("a<![CDATA[b]]>c & d", "abc & d"),
    ],
)
def test_references_that_are_no_xml_are_read_as_they_were_meant(written: str, meant: str):
    entry = only(rss(f"<item><title>{written}</title><link><![CDATA[/1?a=1&b=2]]></link></item>"))
    assert entry.told.title == meant
    assert entry.link == "https://news.example/1?a=1&b=2"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-16", "utf-8"])
def test_charsets(charset: str):
    text = rss("<item><title>Новости дня</title><link>/1</link></item>").replace("UTF-8", charset)
    assert only(text.encode(charset)).told.title == "Новости дня"


def test_a_charset_only_the_header_knows():
    body = rss("<item><title>Новости дня</title></item>").replace(' encoding="UTF-8"', "").encode("windows-1251")
    assert only(body, charset="windows-1251").told.title == "Новости дня"


def test_entities_of_its_own_are_not_expanded():
    body = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
        "<rss><channel><item><title>[&a;&f;]</title><link>/1</link></item></channel></rss>"
    )
    assert "aaaa" not in only(body).told.title


def test_entries_over_the_limit_are_counted():
    feed = read(rss("<item><link>/1</link></item>" * 7), max_entries=5)
    assert (len(feed.entries), feed.over_limit) == (5, 2)


def test_an_entry_without_a_link_is_still_an_entry():
    assert only(rss("<item><title>Only words</title></item>")).link == ""


def test_a_gzip_file_is_unpacked_within_bounds():
    body = gzip.compress(rss("<item><link>/1</link></item>").encode())
    assert len(read(body).entries) == 1
    with pytest.raises(NotAFeed, match="when unpacked"):
        read(gzip.compress(b" " * 1_000_000), max_bytes=1000)


def test_a_feed_without_entries_is_a_feed():
    assert read(rss("")).entries == ()


NO_FEEDS = {
    "an empty document": b" \n",
    "an HTML page": b"<!doctype html><html><head><title>x</title></head><body>x</body></html>",
    "first element is <opml>": b"<opml><body/></opml>",
    "no feed or sitemap": b"%PDF-1.7 \x00\x01",
    "no feed or sitemap ": b'{"items": 5}',
    "a broken gzip file": b"\x1f\x8b\x08nothing",
    "nested deeper": b"<rss>" + b"<a>" * 300,
    "namespaces": b"<rss " + b" ".join(b'xmlns:a%d="u"' % n for n in range(80)) + b"/>",
}


@pytest.mark.parametrize("words", NO_FEEDS)
def test_what_is_no_feed_is_told_as_what_it_is(words: str):
    with pytest.raises(NotAFeed, match=words.strip()):
        read(NO_FEEDS[words])


def test_the_pool_task_takes_a_lot_as_bytes():
    documents = [FeedDocument(URL, rss("<item><link>/1</link></item>").encode()), FeedDocument(URL, b"no feed")]
    told = msgspec.msgpack.decode(parse_lot(msgspec.msgpack.encode(documents)), type=list[Feed | str])
    assert told[0] == parse_feed(documents[0])
    assert isinstance(told[1], str)
    with pytest.raises(NotAFeed, match=re.escape(told[1])):
        parse_feed(documents[1])


@pytest.mark.parametrize("base", ["https://news.example/feeds/all.xml", "http://news.example:8080?x", "urn:feed", ""])
@pytest.mark.parametrize(
    "link", ["/a/b.html", "/a/", "/%7Ea/b~c", "/a/../b", "/.a", "//other.example/a", "/a;b?c#d", "/a//b", "/", "a/b"]
)
def test_links_are_resolved_as_the_standard_library_resolves_them(base: str, link: str):
    feed = parse_feed(FeedDocument(base, rss(f"<item><link>{link}</link></item>").encode()))
    assert [entry.link for entry in feed.entries] == [urljoin(base, link)]
