"""What the sites say at an instant, and the truth beside it."""

import html
import json
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import feedparser
import pytest
from lxml import etree

from services.newsroom.articles import Article, read_all
from services.newsroom.generate import coined, generated
from services.newsroom.newsroom import Answer, Newsroom
from services.newsroom.sites import SITES, address
from services.newsroom.sources import sources_toml
from services.newsroom.timeline import Timeline
from services.newsroom.truth import truth

ANCHOR = datetime(2026, 11, 22, 8, tzinfo=UTC)
BASES = tuple(f"http://127.0.0.1:{port}" for port in (8811, 8812, 8813, 8814))
WRITTEN = read_all()
SITE_IDS = [site.id for site in SITES]


def newsroom(
    pace: float = 1, seed: int = 1, anchor: datetime = ANCHOR, articles: tuple[Article, ...] = WRITTEN
) -> Newsroom:
    return Newsroom(articles, BASES, Timeline(anchor, pace, seed), 0.5)


def after(seconds: float) -> datetime:
    return ANCHOR + timedelta(seconds=seconds)


def asked(rooms: Newsroom, url: str, now: datetime) -> Answer:
    """The answer of whichever site the URL is on."""
    base = next(base for base in BASES if url.startswith(base))
    return rooms.sites[BASES.index(base)].answer(unquote(url.removeprefix(base)), now)


def shown_text(page: str) -> str:
    """The page's text without tags, white space folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


@pytest.mark.parametrize("seconds", [0, 12.5, 25, 3600])
def test_a_site_is_a_function_of_seed_anchor_instant_and_pace(seconds: float) -> None:
    now = after(seconds)
    asked_before = newsroom()
    for early in (0.0, 7.0):  # what was asked before makes no difference
        [asked(asked_before, line.url, after(early)) for line in truth(asked_before, after(early))]
    for first, second in zip(asked_before.sites, newsroom().sites, strict=True):
        paths = [*first.shown(now).pages, *first.site.feeds, *first.site.sitemaps, "/", "/robots.txt"]
        assert [first.answer(path, now) for path in paths] == [second.answer(path, now) for path in paths]
    assert truth(asked_before, now) == truth(newsroom(), now)


def test_pace_stretches_the_timeline() -> None:
    quick, slow = newsroom(pace=1), newsroom(pace=0.1)
    for seconds in (0, 10, 20, 30, 500):
        urls = {line.url: line.revision for line in truth(quick, after(seconds))}
        assert {line.url: line.revision for line in truth(slow, after(10 * seconds))} == urls


def test_seed_moves_ages_and_furniture_but_no_text() -> None:
    one, two = truth(newsroom(seed=1), ANCHOR), truth(newsroom(seed=2), ANCHOR)
    assert [line.text for line in one] == [line.text for line in two]
    assert [line.published for line in one] != [line.published for line in two]


def feed_links(rooms: Newsroom, now: datetime) -> list[tuple[str, datetime]]:
    """(link, published) of every feed entry, site by site, read by other people's parsers."""
    harrow, talbruck, caravan, monsoon = rooms.sites
    found: list[tuple[str, datetime]] = []
    for site, path, version in ((harrow, "/rss.xml", "rss20"), (talbruck, "/atom.xml", "atom10")):
        parsed = feedparser.parse(site.answer(path, now).body)
        assert (parsed.bozo, parsed.version) == (False, version)
        found += [(one.link, datetime(*one.published_parsed[:6], tzinfo=UTC)) for one in parsed.entries]
    feed = json.loads(caravan.answer("/feed.json", now).body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    found += [(one["url"], datetime.fromisoformat(one["date_published"])) for one in feed["items"]]
    spaces = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "n": "http://www.google.com/schemas/sitemap-news/0.9",
    }
    index = etree.fromstring(monsoon.answer("/sitemap.xml", now).body)
    for child in index.xpath("/s:sitemapindex/s:sitemap/s:loc/text()", namespaces=spaces):
        tree = etree.fromstring(asked(rooms, child, now).body)
        for entry in tree.xpath("/s:urlset/s:url", namespaces=spaces):
            date = entry.xpath("string(n:news/n:publication_date)", namespaces=spaces)
            date = date or entry.xpath("string(s:lastmod)", namespaces=spaces)
            found.append((entry.xpath("string(s:loc)", namespaces=spaces), datetime.fromisoformat(date)))
    return found


@pytest.mark.parametrize("seconds", [0, 14, 26, 3600])
def test_feeds_list_what_is_live_newest_first_with_its_time(seconds: float) -> None:
    rooms, now = newsroom(), after(seconds)
    found = feed_links(rooms, now)
    live = {
        line.linked: datetime.fromisoformat(line.published) for line in truth(rooms, now) if line.state != "withdrawn"
    }
    assert {link: date.astimezone(UTC) for link, date in found} == live
    assert len(found) == len(live)
    for base in BASES:
        dates = [date for link, date in found if link.startswith(base)]
        assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("seconds", [0, 20, 60, 3600])
def test_the_truth_names_each_article_once_and_its_page_shows_it(seconds: float) -> None:
    rooms, now = newsroom(), after(seconds)
    lines = truth(rooms, now)
    assert not [url for url, count in Counter(line.url for line in lines).items() if count > 1]
    articles = {address(BASES[SITE_IDS.index(one.site)], SITES[SITE_IDS.index(one.site)], one): one for one in WRITTEN}
    for line in lines:
        answer = asked(rooms, line.url, now)
        assert answer.status == (410 if line.state == "withdrawn" else 200)
        if answer.status == 200:
            page = answer.body.decode(articles[line.url].charset)
            text = shown_text(page)
            for part in (line.title, *line.text.split("\n"), *line.authors):
                assert part in text, line.url
            assert line.published in page
        assert all(word in line.text for word in line.words), line.url


def test_all_articles_have_appeared_at_the_end() -> None:
    assert len(truth(newsroom(), after(3600))) == len(WRITTEN)


def test_generated_articles_are_unique_and_a_prefix_of_a_longer_series() -> None:
    many = generated(1000, 0, 7)
    assert many[:10] == generated(10, 0, 7)
    assert len({one.body for one in many}) == len({one.title for one in many}) == 1000
    assert len({coined(number) for number in range(20_000)}) == 20_000
    assert len({one.language for one in many}) >= 6
    lines = truth(newsroom(articles=many), ANCHOR)
    assert len({line.url for line in lines}) == 1000
    assert all(word in line.text for line in lines for word in line.words)
    assert Counter(one.site for one in many) == {site.id: 250 for site in SITES}


def test_generated_articles_appear_one_by_one() -> None:
    rooms = newsroom(articles=generated(20, 2, 7))
    assert [len(truth(rooms, after(seconds))) for seconds in (0, 2, 4, 20, 40, 4000)] == [0, 1, 2, 10, 20, 20]


def test_some_generated_articles_are_edited_and_a_few_withdrawn() -> None:
    rooms = newsroom(articles=generated(200, 0.1, 7))
    states = Counter((line.state, line.revision) for line in truth(rooms, after(3600)))
    assert states == {("live", 1): 176, ("live", 2): 20, ("withdrawn", 1): 4}
    texts = {line.url: line for line in truth(rooms, after(3600))}
    assert all(word in line.text for line in texts.values() for word in line.words)
    assert len({line.words[-1] for line in texts.values()}) == 200


def test_sources_toml_names_every_feed_and_sitemap() -> None:
    sources = tomllib.loads(sources_toml(BASES))["source"]
    assert [one["id"] for one in sources] == [site.id for site in SITES]
    rooms = newsroom()
    for source in sources:
        for url in (*source.get("feeds", []), *source.get("sitemaps", [])):
            assert asked(rooms, url, ANCHOR).status == 200
        assert 0 < source["interval_min_seconds"] <= source["interval_max_seconds"]
