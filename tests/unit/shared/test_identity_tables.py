"""Two hundred pairs of addresses of one article, two hundred of two articles, and a hundred thousand keys of keys."""

import random
from collections.abc import Callable

import pytest

from shared.identity import article_id, identity_key

# Shapes that news sites use: dated slugs, numbers, query keys, escapes, other scripts, ports, hosts of every kind.
ADDRESSES = [
    "https://news.example/2026/11/22/harbour-plan",
    "https://www.gazette.example/politics/harbour-plan-1234567.html",
    "https://gazette.example/article?id=1234567",
    "https://gazette.example/article.php?section=politics&id=1234567&page=1",
    "https://news.example/?p=4711",
    "https://zeitung.example/stadt/hafen/plan-fuer-den-hafen-a-88888.html",
    "https://zeitung.example/artikel;nr=17/hafen",
    "https://example.co.test/story/Harbour_Plan",
    "https://m.news.example/amp/2026/harbour",
    "https://xn--fsq.test/%E6%96%B0%E9%97%BB/123",
    "https://noticias.example/econom%C3%ADa/puerto",
    "https://news.example:8443/live/harbour",
    "https://192.0.2.7/news/1",
    "https://[2001:db8::7]/news/1",
    "https://cdn.news.example/a/b/c/d/e/f/1.html",
    "https://news.example/tag/a+b/1",
    "https://news.example/~editor/column/1",
    "https://news.example/search?q=harbour%20plan&sort=new",
    "https://news.example/v/1?ref=front",
    "https://news.example/story/1,2,3-harbour",
]


def plus(url: str, more: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{more}"


def host(url: str, change: Callable[[str], str]) -> str:
    scheme, _, rest = url.partition("://")
    name, _, path = rest.partition("/")
    return f"{scheme}://{change(name)}/{path}"


def path(url: str, change: Callable[[str], str]) -> str:
    head, mark, query = url.partition("?")
    return change(head) + mark + query


SAME: dict[str, Callable[[str], str]] = {
    "without tls": lambda url: url.replace("https:", "http:"),
    "host in capitals, or its port": lambda url: host(
        url, lambda name: name.upper() if name.islower() else f"{name}:443"
    ),
    "scheme in capitals": lambda url: url.replace("https", "HTTPS"),
    "fragment": lambda url: f"{url}#comments",
    "campaign": lambda url: plus(url, "utm_source=feed&utm_medium=rss&utm_campaign=x"),
    "click id": lambda url: plus(url, "fbclid=IwAR0abc_-"),
    "two trackers in capitals": lambda url: plus(url, "UTM_Content=1&GCLID=2"),
    "white space around": lambda url: f" {url}\n",
    "a detour": lambda url: path(url, lambda head: head.rpartition("/")[0] + "/x/../" + head.rpartition("/")[2]),
    "an empty query or parameter": lambda url: f"{url}&" if "?" in url else f"{url}?",
}
DIFFERENT: dict[str, Callable[[str], str]] = {
    "another path": lambda url: path(url, lambda head: f"{head}-2"),
    "a deeper path": lambda url: path(url, lambda head: f"{head.rstrip('/')}/more"),
    "an unknown parameter": lambda url: plus(url, "edition=2"),
    "a parameter like a tracker": lambda url: plus(url, "utmost=1"),
    "another number": lambda url: plus(url, "nr=1"),
    "a subdomain": lambda url: host(url, lambda name: name if name[0] in "1[" else f"de.{name}") + "?1" * (
        url.split("/")[2][0] in "1["
    ),
    "another port": lambda url: host(url, lambda name: f"{name.removesuffix(':8443')}:8080"),
    "a route in the fragment": lambda url: f"{url}#!/2",
    "capitals in the path": lambda url: path(url, lambda head: f"{head}/A") + "",
    "a value that is escaped": lambda url: plus(url, "q=a%26b"),
}  # fmt: skip


@pytest.mark.parametrize("how", SAME)
@pytest.mark.parametrize("url", ADDRESSES)
def test_one_article(url: str, how: str):
    other = SAME[how](url)
    assert other != url
    assert article_id(other) == article_id(url)


@pytest.mark.parametrize("how", DIFFERENT)
@pytest.mark.parametrize("url", ADDRESSES)
def test_two_articles(url: str, how: str):
    assert article_id(DIFFERENT[how](url)) != article_id(url)


def test_no_two_of_all_distinct_addresses_collapse():
    every = [*ADDRESSES, *(change(url) for url in ADDRESSES for change in DIFFERENT.values())]
    assert len({article_id(url) for url in every}) == len(set(every))


LETTERS = "aZ09-._~ +%&=/?#:@!$'()*,;[]|\\^`{}<>\"é東ß\u200c\u0301\t"
HOSTS = (
    "example.org",
    "Example.ORG",
    "例.test",
    "xn--fsq.test",
    "192.0.2.7",
    "[2001:db8::1]",
    "a.b.c.example",
    "ä.test",
)
NAMES = ("id", "page", "q", "utm_source", "UTM_Campaign", "fbclid", "a b", "ü", "x[]", "", "at_medium", "%66bclid")


def generated(chance: random.Random) -> str:
    def text(most: int) -> str:
        if chance.random() < 0.15:
            return f"%{chance.randrange(256):02x}"
        return "".join(chance.choices(LETTERS, k=chance.randrange(most)))

    steps = [chance.choice((".", "..", "", "a", "%2e", "%2F", text(6), text(9))) for _ in range(chance.randrange(5))]
    query = "&".join(f"{chance.choice(NAMES)}={text(7)}" for _ in range(chance.randrange(4)))
    scheme, port = chance.choice(("http", "https", "HTTPS")), chance.choice(("", "", ":80", ":443", ":8080"))
    fragment = chance.choice(("", "", f"#{text(5)}", f"#!{text(5)}"))
    return f"{scheme}://{chance.choice(HOSTS)}{port}/{'/'.join(steps)}{'?' * chance.randrange(2)}{query}{fragment}"


@pytest.mark.slow
def test_the_key_of_a_key_is_the_key_a_hundred_thousand_times():
    chance, keys = random.Random(2026), 0
    while keys < 100_000:
        try:
            key = identity_key(url := generated(chance))
        except ValueError:
            continue
        keys += 1
        assert identity_key(key) == key, url
