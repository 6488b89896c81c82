"""The written articles: what a run over them can show, and that each trap is set."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from protego import Protego

from services.newsroom.articles import Article, ArticleError, blocks, read, read_all
from services.newsroom.newsroom import Answer, Newsroom
from services.newsroom.pages import FURNITURE
from services.newsroom.sites import SITES, address, path_of
from services.newsroom.timeline import Timeline
from services.newsroom.truth import truth

ANCHOR = datetime(2026, 11, 22, 8, tzinfo=UTC)
END = ANCHOR + timedelta(hours=1)
BASES = tuple(f"http://127.0.0.1:{port}" for port in (8811, 8812, 8813, 8814))
WRITTEN = read_all()
ROOMS = Newsroom(WRITTEN, BASES, Timeline(ANCHOR, 1, 1), 0.5)
WITHOUT_SPACES = ("zh", "ja")


def ids(article: Article) -> str:
    return f"{article.site}/{article.slug}"


def page_of(article: Article, now: datetime = END) -> Answer:
    number = [site.id for site in SITES].index(article.site)
    return ROOMS.sites[number].answer(path_of(SITES[number], article), now)


def only(articles: list[Article]) -> Article:
    assert len(articles) == 1
    return articles[0]


def test_there_are_enough_articles_in_enough_languages() -> None:
    languages = Counter(article.language for article in WRITTEN)
    assert len(WRITTEN) >= 44
    assert {"en", "de", "fr", "es", "tr", "ru", "ar", "fa", "zh", "hi"} <= set(languages)
    assert min(languages.values()) >= 2


def test_the_demo_keeps_its_timetable() -> None:
    def lines(seconds: float) -> Counter[str]:
        return Counter(line.state for line in truth(ROOMS, ANCHOR + timedelta(seconds=seconds)))

    assert lines(0).total() >= 34
    assert lines(25)["live"] + lines(25)["teaser"] >= 36
    assert (lines(24)["withdrawn"], lines(25)["withdrawn"]) == (0, 1)
    edits = sorted(edit.at for article in WRITTEN for edit in article.edits)
    assert len(edits) >= 5
    assert 15 <= edits[0] <= edits[-1] <= 30
    assert max(article.appears for article in WRITTEN) <= 600


@pytest.mark.parametrize("article", WRITTEN, ids=ids)
def test_an_article_has_the_length_of_a_report(article: Article) -> None:
    text = " ".join(block.text for block in blocks(article.body))
    low, high, length = (240, 900, len(text)) if article.language in WITHOUT_SPACES else (120, 350, len(text.split()))
    assert low <= length <= high
    assert len(blocks(article.body)) >= 4


@pytest.mark.parametrize("article", WRITTEN, ids=ids)
def test_a_life_is_told_in_order(article: Article) -> None:
    told = [article.appears, *(edit.at for edit in article.edits)]
    assert told == sorted(set(told))
    assert article.withdrawn is None or article.withdrawn > told[-1]


@pytest.mark.parametrize("seconds", [0, 3600])
def test_its_words_find_an_article_and_no_other(seconds: float) -> None:
    lines = truth(ROOMS, ANCHOR + timedelta(seconds=seconds))
    for line in lines:
        assert len(line.words) >= 2
        assert [other.url for other in lines if all(word in other.text for word in line.words)] == [line.url]


def test_an_edit_brings_a_word_that_the_first_text_did_not_have() -> None:
    early: dict[str, str] = {}
    for seconds in range(30):
        for line in truth(ROOMS, ANCHOR + timedelta(seconds=seconds)):
            early.setdefault(line.url, line.text)
    edited = [line for line in truth(ROOMS, END) if line.revision > 1]
    assert len(edited) >= 5
    for line in edited:
        assert any(word not in early[line.url] for word in line.words)
        assert line.modified is not None


def test_datelines_carry_the_local_day_of_publication() -> None:
    (line,) = [line for line in truth(ROOMS, END) if line.url.endswith("/news/cycle-bridge-oslo")]
    assert line.published == "2026-11-22T09:00:06+01:00"
    assert line.text.startswith("OSLO, Nov 22 (Meridian News) - ")
    assert not [line.url for line in truth(ROOMS, END) if re.search(r"\{\w+\}", line.text)]


def test_persian_is_written_with_the_zero_width_non_joiner() -> None:
    assert all("\u200c" in article.body for article in WRITTEN if article.language == "fa")


@pytest.mark.parametrize("article", [one for one in WRITTEN if one.charset != "utf-8"], ids=ids)
def test_a_page_in_an_old_charset_is_in_that_charset_and_says_so_where_it_should(article: Article) -> None:
    page = page_of(article)
    assert article.title in page.body.decode(article.charset)
    with pytest.raises(UnicodeDecodeError):
        page.body.decode("utf-8")
    assert (f"charset={article.charset}" in page.media_type) == (article.charset_declared == "header")
    assert (b'<meta charset="' in page.body) == (article.charset_declared == "meta")


def test_both_old_charsets_and_both_ways_to_declare_one_occur() -> None:
    old = [one for one in WRITTEN if one.charset != "utf-8"]
    assert {one.charset for one in old} == {"windows-1251", "windows-1256"}
    assert {one.charset_declared for one in old} == {"header", "meta"}


def test_one_page_declares_the_wrong_language() -> None:
    article = only([one for one in WRITTEN if one.declared_language])
    assert article.language == "de"
    assert b'<html lang="en">' in page_of(article).body


def test_the_teaser_shows_its_first_paragraphs_and_says_that_it_is_one() -> None:
    article = only([one for one in WRITTEN if one.access == "teaser"])
    page = page_of(article).body.decode()
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.+?)</script>', page, re.DOTALL)[0])
    assert (data["@type"], data["isAccessibleForFree"]) == ("NewsArticle", False)
    shown = [block.text in page.replace("&#39;", "'") for block in blocks(article.body)]
    assert shown == [True] * article.teaser + [False] * (len(shown) - article.teaser)


def test_robots_txt_refuses_the_private_section_and_nothing_else() -> None:
    only([one for one in WRITTEN if one.access == "private"])
    for site, state, base in zip(SITES, ROOMS.sites, BASES, strict=True):
        robots = Protego.parse(state.answer("/robots.txt", END).body.decode())
        assert robots.crawl_delay("wireroom") == 0.5
        for article in WRITTEN:
            if article.site == site.id:
                allowed = robots.can_fetch(address(base, site, article), "wireroom")
                assert allowed == (article.access != "private")
        assert robots.can_fetch(f"{base}{(site.feeds + site.sitemaps)[0]}", "wireroom")


def test_one_page_asks_in_its_header_not_to_be_indexed() -> None:
    asking = [one for one in WRITTEN if ("X-Robots-Tag", "noindex") in page_of(one).headers]
    line = only([one for one in truth(ROOMS, END) if one.reason == "policy_noindex"])
    assert line.title == only(asking).title


def test_the_withdrawn_article_is_gone_from_the_feed_and_its_page() -> None:
    article = only([one for one in WRITTEN if one.withdrawn is not None])
    state = ROOMS.sites[[site.id for site in SITES].index(article.site)]
    for seconds, listed, status in ((24, True, 200), (25, False, 410)):
        now = ANCHOR + timedelta(seconds=seconds)
        assert (article.title in state.answer(state.site.feeds[0], now).body.decode()) == listed
        assert page_of(article, now).status == status


@pytest.mark.parametrize("article", WRITTEN, ids=ids)
def test_the_consent_notice_is_in_another_language(article: Article) -> None:
    page = page_of(article)
    if page.status == 200:
        text = page.body.decode(article.charset)
        assert FURNITURE[article.language]["consent"] not in text
        site = next(site for site in SITES if site.id == article.site)
        assert sum(FURNITURE[code]["accept"] in text for code in site.consent) == 1


def test_every_language_has_all_furniture() -> None:
    keys = {frozenset(words) for words in FURNITURE.values()}
    assert len(keys) == 1
    assert {article.language for article in WRITTEN} == set(FURNITURE)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("no front matter", "no front matter"),
        ("+++\ntitle = \n+++\nbody", "Invalid value"),
        ("+++\ntitel = 'x'\n+++\nbody", "titel"),
        ("+++\nlanguage = 'en'\n+++\nbody", "missing required field"),
    ],
)
def test_a_bad_article_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "harrow").mkdir()
    file = tmp_path / "harrow" / "bad.md"
    file.write_text(text)
    with pytest.raises(ArticleError, match=f"bad.md: .*{named}"):
        read(file)
