"""The pages as a browser parses them: their structure, what they say, and that nothing from an article is markup."""

from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from services.search.pages import FACETS, FILTERS
from shared.messages import EnrichedArticle
from shared.searchindex.query import FACET_FIELDS, KEYWORD_FIELDS
from tests.fixtures.press import ENDLESS, HARBOUR, HOSTILE, OBSERVATORY, PRESS, RLO, WITHDRAWN
from tests.fixtures.serving import get
from tests.unit.search.conftest import Site

APART = frozenset("dd dt h1 h2 h3 li p small td th".split())  # elements whose words stand apart from what follows
VOID = frozenset("br hr input link meta".split())
TAGS = VOID | frozenset(
    "a article aside b bdi blockquote body button code dd details div dl dt footer form h1 h2 h3 head header html "
    "label li main mark nav ol p section small span summary table tbody td th thead time title tr ul".split()
)


class Page(HTMLParser):
    """Every element with its attributes, and whether start and end tags match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "elements left open"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attributes}) == len(attributes), f"{tag}: an attribute stands twice"
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)
        if tag in APART:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        if tag in APART:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def test_pages_are_sound_html(site: str, pages: Sequence[str]) -> None:
    for path in pages:
        page = Page(get(site + path).text)
        ids = [found["id"] for _, found in page.elements if "id" in found]
        assert len(ids) == len(set(ids)), path
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert {found[name] for _, found in page.elements if name in found} <= set(ids), path
        for only in ("main", "h1", "title"):
            assert len(page.all(only)) == 1, (path, only)
        assert page.all("html") == [{"lang": "en"}]
        assert page.all("a", href="#main"), path
        labelled = {found["for"] for found in page.all("label")}
        for field in page.all("input"):
            assert field.get("type") == "hidden" or field["id"] in labelled, path


def test_nothing_from_an_article_or_a_query_becomes_markup(site: str, pages: Sequence[str]) -> None:
    for path in pages:
        page = Page(get(site + path).text)
        assert {tag for tag, _ in page.elements} <= TAGS, path
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on") or name == "style"], (path, tag)
            for name in ("href", "src", "action"):
                value = attributes.get(name, "/")
                assert value.startswith(("/", "#", "https://", "http://")), (path, value)
                assert not value.startswith("//"), (path, value)


def test_links_that_leave_tell_nothing_and_gain_nothing(site: str, pages: Sequence[str]) -> None:
    outside = [
        found for path in pages for found in Page(get(site + path).text).all("a") if found["href"].startswith("http")
    ]
    assert outside
    assert {found["rel"] for found in outside} == {"noopener noreferrer nofollow"}


def test_a_hostile_article_is_shown_as_it_is_written(site: str) -> None:
    page = Page(get(f"{site}/articles/{HOSTILE.article_id}").text)
    for written in (
        HOSTILE.authors[0],
        "<script>alert('title')</script>",
        "{{ 7 * 7 }} {% raw %}",
        "<script>lost</script>",
    ):
        assert written in page.text
    assert "javascript:alert(document.domain)//hostile" in page.text


def test_a_direction_override_ends_with_the_element_that_holds_it(site: str) -> None:
    """Block elements and `bdi` isolate: an override inside cannot turn what follows (UAX 9, section 2; HTML `bdi`)."""

    class Holders(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.path: list[str] = []
            self.found: set[str] = set()

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            if tag not in VOID:
                self.path.append(tag)

        def handle_endtag(self, tag: str) -> None:
            self.path.pop()

        def handle_data(self, data: str) -> None:
            if RLO in data:
                self.found.add(self.path[-1])

    holders = Holders()
    holders.feed(get(f"{site}/articles/{HOSTILE.article_id}").text + get(f"{site}/?q=hostile").text)
    assert holders.found <= {"h1", "p", "bdi", "div", "title", "a"}


@pytest.mark.parametrize("article", [article for article in PRESS if article.lang in ("ar", "fa", "he", "ur")])
def test_right_to_left_articles_say_so(site: str, article: EnrichedArticle) -> None:
    said = {"lang": article.lang, "dir": "rtl"}
    assert Page(get(f"{site}/articles/{article.article_id}").text).all("article", **said)
    listed = Page(get(f"{site}/?lang={article.lang}").text)
    assert listed.all("h3", **said)
    assert listed.all("p", **said)


def test_an_article_says_where_each_field_comes_from(site: str) -> None:
    text = Page(get(f"{site}/articles/{HARBOUR.article_id}").text).text
    for said in (
        "published_at 2026-11-20T08:30:00+00:00 json-ld original, to the minute 99% feed=2026-11-20T09:12:44Z",
        "section Coast html inferred 55% none",
        "What was removed, and why: 3 lines",
        "consent notice We and our 814 partners",
        "changed 20 Nov 2026, 11:05 UTC",
        f"Revision {HARBOUR.revision}",
        "Place Northport, United Kingdom",
        "Rights, by header tdm-reservation 0",
        "cleaner 0.1.0",
    ):
        assert said in text


def test_a_foreign_paragraph_is_marked(site: str) -> None:
    page = Page(get(f"{site}/articles/{OBSERVATORY.article_id}").text)
    assert page.all("p", **{"class": "foreign", "lang": "en", "dir": "ltr"})
    assert "English The Meridian Foundation said" in page.text
    assert "en disagrees" in page.text


def test_filters_can_be_added_and_taken_away(site: str) -> None:
    narrow = Page(get(f"{site}/?q=northport").text).all("a", href="/?q=northport&lang=de")
    assert narrow
    narrowed = Page(get(site + narrow[0]["href"]).text)
    assert "1 article " in narrowed.text
    assert narrowed.all("a", href="/?q=northport")
    assert narrowed.all("input", type="hidden", name="lang", value="de")


def test_every_filter_that_a_search_knows_has_a_name() -> None:
    assert set(FILTERS) == {*KEYWORD_FIELDS, "since", "until"}
    assert tuple(FACETS) == FACET_FIELDS


def test_without_words_there_is_no_best_match(site: str) -> None:
    assert "Best match" not in Page(get(f"{site}/?lang=fa").text).text
    assert "Best match" in Page(get(f"{site}/?q=northport").text).text


def test_dates_stay_in_their_fields(site: str) -> None:
    page = Page(get(f"{site}/?since=2026-11-20&until=2026-11-21").text)
    assert page.all("input", name="since", value="2026-11-20")
    assert page.all("input", name="until", value="2026-11-21")


def test_the_second_page_follows_the_first(site: str) -> None:
    first = Page(get(f"{site}/?size=5").text)
    (onward,) = first.all("a", rel="next")
    second = Page(get(site + onward["href"]).text)
    assert not {a["href"] for a in first.all("a") if "/articles/" in a["href"]} & {
        a["href"] for a in second.all("a") if "/articles/" in a["href"]
    }
    assert second.all("a", href="/?size=5")


def test_a_bad_query_is_shown_with_the_place_marked(site: str) -> None:
    answer = get(f"{site}/?q=" + quote('strike "harbour'))
    assert answer.status == 400
    page = Page(answer.text)
    assert "The search stops at character 8" in page.text
    assert 'strike <span class="here" aria-hidden="true"></span>&#34;harbour' in answer.text
    assert page.all("input", name="q", value='strike "harbour')
    assert page.all("section", role="alert")


def test_empty_results_say_what_to_try(site: str, site_of: Site) -> None:
    assert "Nothing found" in Page(get(f"{site}/?q=zzzzz").text).text
    with site_of([]) as empty:
        assert "No articles yet" in Page(get(empty).text).text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"/articles/{WITHDRAWN.article_id}", 410, "This article was withdrawn"),
        ("/articles/unknown", 404, "No such article"),
        ("/nowhere", 404, "There is no such page"),
    ],
)
def test_what_is_not_there_is_told_on_a_page(site: str, path: str, status: int, said: str) -> None:
    answer = get(site + path)
    assert answer.status == status
    assert said in Page(answer.text).text


def test_the_status_page_shows_stages_fates_and_feeds(site: str) -> None:
    text = Page(get(f"{site}/status").text).text
    for said in (
        "cleaner page to readable text",
        "fetched 13 1 waiting to be sent",
        "all 16",
        "robots 2",
        "HTTP <503>",
    ):
        assert said in text


def test_an_article_of_unknown_language_claims_none(site: str) -> None:
    assert Page(get(f"{site}/articles/{ENDLESS.article_id}").text).all("article", lang="", dir="auto")
