"""Titles, names, times and the choice between their sources, as tables."""

from datetime import UTC, datetime

import pytest

from services.cleaner import article_node, jsonld, localday, names, pagetime, titles
from services.cleaner.choice import Candidate
from services.cleaner.dates import latest_day

SITES = ("Linden Courier", "courier.example", "courier")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-03T21:15:00+02:00", ("2026-03-03T21:15:00+02:00", "second")),
        ("2026-03-03T21:15+0200", ("2026-03-03T21:15:00+02:00", "minute")),
        ("2026-03-03 21:15:00Z", ("2026-03-03T21:15:00Z", "second")),
        ("20260303T211500Z", ("2026-03-03T21:15:00Z", "second")),
        ("2026-03-03T21:15:00", ("2026-03-03", "day")),  # which instant, nobody can say
        ("2026-03-03", ("2026-03-03", "day")),
        ("Tue, 03 Mar 2026 21:15:00 GMT", ("2026-03-03T21:15:00Z", "second")),
        ("2026-02-30", None),
        ("1888-05-01", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_as_pages_write_them(text: str, expected: tuple[str, str] | None) -> None:
    assert pagetime.parse(text) == expected


@pytest.mark.parametrize(
    ("stated", "url", "shown", "expected"),
    [
        ("2026-03-09T03:28:35Z", "https://a.example/2026/03/08/pier/", [], ("2026-03-08", "day")),
        (
            "2026-03-09T05:30:59Z",
            "https://a.example/2026/03/08/pier/",
            ["2026-03-08 23:30:59"],
            ("2026-03-08T23:30:59-06:00", "second"),
        ),
        ("2026-03-08T23:01:00Z", "https://a.example/2026/03/09/pier", [], ("2026-03-09", "day")),
        ("2026-03-09T15:00:00Z", "https://a.example/2026/03/08/pier/", [], ("2026-03-09T15:00:00Z", "second")),
        ("2026-03-09T03:28:35+01:00", "https://a.example/2026/03/08/x", [], ("2026-03-09T03:28:35+01:00", "second")),
        ("2026-03-09T03:28:35Z", "https://a.example/pier", [], ("2026-03-09T03:28:35Z", "second")),
    ],
)
def test_the_day_as_written(stated: str, url: str, shown: list[str], expected: tuple[str, str]) -> None:
    assert localday.as_written(stated, "second", url, shown) == expected


def test_no_publication_after_the_fetch() -> None:
    assert latest_day(datetime(2026, 3, 4, tzinfo=UTC)) == "2026-03-05"
    assert latest_day(datetime(1970, 1, 1, tzinfo=UTC)) == "2100-01-01"


@pytest.mark.parametrize(
    ("bylines", "expected"),
    [
        (["By Ida Brandt and Mara Oduya"], ("Ida Brandt", "Mara Oduya")),
        (["Von Ida Brandt, dpa"], ("Ida Brandt",)),
        (["Ida Brandt, Mara Oduya und Tom Field"], ("Ida Brandt", "Mara Oduya", "Tom Field")),
        (["Ida Brandt, Senior Reporter"], ("Ida Brandt",)),
        (["By Ida Brandt 4 August 2025"], ("Ida Brandt",)),
        (["Ida Brandt (ida@courier.example)"], ("Ida Brandt",)),
        (["Reuters", "Ida Brandt"], ("Ida Brandt",)),
        (["Linden Courier"], ()),
        (["Courier Newsroom"], ()),
        (["editor@courier.example"], ()),
        (["https://courier.example/author/7"], ()),
        (["김민수 기자"], ("김민수",)),
        (["Ursula van der Berg"], ("Ursula van der Berg",)),
        (["Ida Brandt, CEO of Harbour Works"], ("Ida Brandt",)),
        (["Ida Brandt, LHN"], ("Ida Brandt",)),
        (["LHN"], ("LHN",)),
        (["Ida Brandt, Harbour News, New York"], ("Ida Brandt",)),
    ],
)
def test_names_of_persons(bylines: list[str], expected: tuple[str, ...]) -> None:
    assert names.people(bylines, SITES) == expected


def test_a_credit_has_letters_and_no_date() -> None:
    stated = ["105092", "Harbour News", "Money March 3, 2026", "desk@courier.example", ""]
    assert names.credits(stated) == ("Harbour News",)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Pier is rebuilt | Linden Courier", "Pier is rebuilt"),
        ("Linden Courier: Pier is rebuilt", "Pier is rebuilt"),
        ("Pier is rebuilt - courier.example", "Pier is rebuilt"),
        ("Pier: what comes next", "Pier: what comes next"),
        ("Linden Courier", "Linden Courier"),
    ],
)
def test_brands_leave_the_title(title: str, expected: str) -> None:
    assert titles.without_brand(title, SITES) == expected


@pytest.mark.parametrize(
    ("offered", "news", "expected"),
    [
        ([("json-ld", "Pier rebuilt"), ("og", "Big pier news"), ("h1", "Pier rebuilt at last")], True, "Pier rebuilt"),
        ([("og", "Pier news for you"), ("h1", "Pier news"), ("title", "Pier news | X")], False, "Pier news"),
        ([("og", "Old pier is rebuilt | Town"), ("title", "Old pier is rebuilt")], False, "Old pier is rebuilt"),
        ([("title", "Only a title")], False, "Only a title"),
    ],
)
def test_which_title_wins(offered: list[tuple[str, str]], news: bool, expected: str) -> None:
    decided = titles.decide([Candidate(*pair) for pair in offered], (), news)
    assert decided is not None
    assert decided[0].value == expected


def test_the_article_among_teasers() -> None:
    teaser = {"@type": "NewsArticle", "headline": "Mill sold to its workers", "url": "https://a.example/mill"}
    own = {"@type": ["NewsArticle"], "headline": "Pier is rebuilt", "url": "https://a.example/pier?utm_source=x"}
    found = article_node.choose((teaser, own), ("https://a.example/pier",), ("Pier is rebuilt",))
    assert found is own
    assert article_node.choose((teaser, teaser), ("https://a.example/pier",), ("Pier is rebuilt",)) is None


@pytest.mark.parametrize(
    ("script", "nodes", "unread"),
    [
        ('{"@graph": [{"@type": "Article"}, {"@type": "WebSite"}]}', 3, 0),
        ('<!-- {"@type": "Article"} -->', 1, 0),
        ('{"@type": "Article", "name": "a\nb",};', 1, 0),
        ('{"@type": ', 0, 1),
        ("[" * 100, 0, 1),
        (" ", 0, 0),
    ],
)
def test_linked_data_as_pages_break_it(script: str, nodes: int, unread: int) -> None:
    found, left_out = jsonld.read([script], 1_000, 64)
    assert (len(found), left_out) == (nodes, unread)
