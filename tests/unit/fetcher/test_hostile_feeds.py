"""Documents built to exhaust a parser: each ends with entries or a reason, soon."""

import time

import pytest

from services.fetcher.feed_document import FeedDocument
from services.fetcher.feeds import parse_feed
from services.fetcher.repair import NotAFeed

SECONDS = 6.0  # the deadline of one document in the pool


def rss(item: bytes) -> bytes:
    return b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>' + item + b"</channel></rss>"


def described(text: bytes) -> bytes:
    return rss(b"<item><title>x</title><link>http://a.example/1</link><description>" + text + b"</description></item>")


def laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return (
        b'<!DOCTYPE l [<!ENTITY l0 "lol">'
        + entities
        + b"]><rss><channel><item><title>&l9;</title></item></channel></rss>"
    )


ATTACKS = {
    "billion laughs": laughs,
    "quadratic blow-up": lambda: b'<!DOCTYPE l [<!ENTITY a "' + b"a" * 80_000 + b'">]>' + described(b"&a;" * 20_000),
    "external entity": lambda: b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + described(b"&a;"),
    "unending internal subset": lambda: b"<!DOCTYPE a[" * 100_000 + described(b"x"),
    "many document types": lambda: b"<!DOCTYPE a>" * 30_000 + described(b"x"),
    "nested elements": lambda: described(b"<b>" * 100_000 + b"</b>" * 100_000),
    "nested escaped elements": lambda: described(b"&lt;b&gt;" * 100_000),
    "nested elements in CDATA": lambda: described(b"<![CDATA[" + b"<div>" * 400_000 + b"]]>"),
    "angle brackets in CDATA": lambda: described(b"<![CDATA[" + b"<" * 1_000_000 + b"]]>"),
    "bare angle brackets": lambda: described(b"<" * 300_000),
    "bare ampersands": lambda: described(b"&a" * 500_000),
    "open comments": lambda: described(b"<!--" * 100_000),
    "a long style": lambda: described(b'&lt;p style="' + b"a:b;" * 100_000 + b'"&gt;'),
    "a long date": lambda: rss(b"<item><pubDate>" + b"1 " * 100_000 + b"</pubDate></item>"),
    "a long attribute": lambda: b'<rss a="' + b"x" * 9_000_000 + b'"><channel/></rss>',
    "many namespaces": lambda: b"<rss " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(50_000)) + b"/>",
    "many items": lambda: rss(b"<item><title>x</title><link>http://a.example/1</link></item>" * 150_000),
    "nested JSON": lambda: b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 200_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_with_entries_or_a_reason(attack: str):
    body = ATTACKS[attack]()
    before = time.process_time()
    try:
        feed = parse_feed(FeedDocument("http://a.example/feed", body))
        answer = "".join(entry.told.title + entry.told.summary for entry in feed.entries[:1])
    except NotAFeed as reason:
        answer = str(reason)
    assert time.process_time() - before < SECONDS
    assert len(answer) < 20_000
    assert "root:" not in answer
