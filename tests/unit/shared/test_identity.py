"""Which article a URL names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.identity import TRACKING_NAMES, article_id, file_url, identity_key, next_revision

SAME = [
    ("http://example.org/a", "https://example.org/a"),
    ("https://EXAMPLE.org/a", "https://example.org/a"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://example.org/a#comments", "https://example.org/a"),
    ("https://example.org/x/../a", "https://example.org/a"),
    ("https://example.org/a?utm_source=feed&utm_medium=rss", "https://example.org/a"),
    ("https://example.org/a?fbclid=abc", "https://example.org/a"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/caf%c3%a9", "https://example.org/café"),
    ("https://例.test/a", "https://xn--fsq.test/a"),
]
DIFFERENT = [
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a", "https://www.example.org/a"),
    ("https://example.org/a", "https://example.org/a/"),
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/#!/a", "https://example.org/#!/b"),
    ("https://example.org:8443/a", "https://example.org/a"),
    ("https://example.org/a?ref=1", "https://example.org/a?ref=2"),
    ("https://example.org/a?q=c%2B%2B", "https://example.org/a?q=c"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_article_under_two_addresses(one: str, other: str):
    assert article_id(one) == article_id(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles_stay_two(one: str, other: str):
    assert article_id(one) != article_id(other)


@pytest.mark.parametrize("url", ["", "no address", "//example.org/a", "https://", "https://exa mple.org/"])
def test_what_is_no_url_is_refused(url: str):
    with pytest.raises(ValueError, match=r".*"):
        identity_key(url)


NAMES = st.sampled_from(
    ["id", "page", "q", "utm_source", "UTM_Campaign", "a b", "ü", "x[]", "", *sorted(TRACKING_NAMES)]
)
VALUES = st.text(st.sampled_from("aZ09 +%&=/?#é東\u200c~'\"<>|"), max_size=6)
URLS = st.builds(
    lambda scheme, host, port, path, query, fragment: (
        f"{scheme}://{host}{port}/{'/'.join(path)}?{'&'.join(f'{k}={v}' for k, v in query)}#{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["example.org", "Example.ORG", "例.test", "xn--fsq.test", "192.0.2.7", "[2001:db8::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(st.one_of(st.sampled_from(["..", ".", "a", "%41", "%2f", "é"]), VALUES), max_size=4),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    st.one_of(VALUES, VALUES.map(lambda text: f"!{text}")),
)


@given(URLS)
@example("https://example.org/?a=%25%32%35")
@example("https://example.org/%E0%A4%A")
def test_the_key_of_a_key_is_the_key(url: str):
    try:
        key = identity_key(url)
    except ValueError:
        return
    assert identity_key(key) == key


@given(st.from_regex(r"https?://[a-z]{1,9}\.example(:80|:443|:8080)?/[A-Za-z0-9/_.~-]{0,20}", fullmatch=True))
@example("https://www.example/a..b/./c/../d//e~/")
@example("http://www.example/%7e")
def test_the_short_way_and_the_long_way_meet(url: str):
    assert identity_key(url) == identity_key(f"{url}?") == identity_key(f"{url}?utm_source=x")


def test_a_file_is_known_by_its_content():
    assert file_url(b"a page") == file_url(b"a page") != file_url(b"another page")
    assert len(article_id(file_url(b"a page"))) == 32


@given(st.lists(st.integers(-86_400_000, 86_400_000), min_size=1))
def test_revisions_rise_even_when_the_clock_steps_back(steps: list[int]):
    at, last = datetime(2026, 11, 22, tzinfo=UTC), 0
    for step in steps:
        at += timedelta(milliseconds=step)
        revision = next_revision(at, last)
        assert revision > last
        last = revision
