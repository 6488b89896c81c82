"""What a host's articles say of it, and what the cleaner makes of that."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.cleaner.clean import clean
from services.profiler.observation import around, observation
from services.profiler.profile import EMPTY, State, observe, profile
from services.profiler.settings import ProfilerSettings
from shared.fold import digest
from shared.identity import article_id
from shared.messages import (
    EMPTY_PROFILE,
    Block,
    CleanArticle,
    HostProfile,
    Provenance,
    RawArticle,
    Removed,
    Source,
    text_of,
)
from tests.fixtures.hosts import Page, host_pages

SETTINGS = ProfilerSettings()
START = datetime(2026, 3, 1, tzinfo=UTC)
PROMOTION = "The Tide Post tells what the boats bring in, before breakfast"
INTRODUCTION = "Every Friday our reporter walks along the quay and writes down what people are talking about there."


def article(number: int, *lines: str, revision: int = 1, title: str = "", **fields: object) -> CleanArticle:
    """A cleaned article of one host, first seen `number` minutes after the first."""
    url = f"https://www.tide.example/{number}"
    blocks = tuple(
        Block(kind="paragraph", text=line) for line in (f"Only article {number} says this line of it", *lines)
    )
    moment = START + timedelta(minutes=number)
    given = {"blocks": blocks, "text": text_of(blocks), "title": title or f"The story number {number} of the tide"}
    return CleanArticle(
        article_id=article_id(url),
        revision=revision,
        url=url,
        source=Source(id="tide"),
        first_seen_at=moment,
        discovered_at=moment,
        fetched_at=moment,
        **(given | fields),
    )


def made(articles: list[CleanArticle], limits: ProfilerSettings = SETTINGS) -> HostProfile:
    state = EMPTY
    for one in articles:
        state = observe(state, one, limits)
    return profile("tide.example", state, limits)


def raw(page: Page, number: int) -> RawArticle:
    moment = START + timedelta(minutes=number)
    return RawArticle(
        article_id=article_id(page.url),
        revision=1,
        url=page.url,
        final_url=page.url,
        source=Source(id="generated"),
        first_seen_at=moment,
        discovered_at=moment,
        fetched_at=moment,
        content=page.html,
    )


def test_a_line_recurs_once_three_articles_have_it() -> None:
    assert made([article(n, PROMOTION) for n in range(2)]).lines == ()
    assert made([article(n, PROMOTION) for n in range(3)]).lines == (digest(PROMOTION),)


def test_revisions_of_an_article_count_once_and_the_newest_counts() -> None:
    same = [article(1, PROMOTION, revision=n) for n in range(1, 9)]
    assert made([*same, article(2, PROMOTION)]).lines == ()
    mended = [*(article(n, PROMOTION) for n in range(3)), article(0, revision=2)]
    assert made(mended).lines == ()
    assert made(mended[::-1]) == made(mended)


def test_a_withdrawn_article_takes_its_lines_with_it() -> None:
    articles = [article(n, PROMOTION) for n in range(3)]
    gone = article(1, revision=2, state="withdrawn", blocks=(), text="", title="")
    assert made([*articles, replace(gone, title="")]).articles == 2
    assert made([*articles, gone]).lines == ()


def test_pages_of_one_story_count_once() -> None:
    copies = [article(n, PROMOTION, title="Ferry returns to the old quay") for n in range(8)]
    assert made(copies).lines == ()


def test_a_line_must_stand_in_one_article_of_twenty() -> None:
    common = [article(n, PROMOTION) for n in range(4)]
    others = [article(n) for n in range(100, 196)]
    assert made(common + others).lines == ()
    assert made([*common, article(5, PROMOTION), *others[1:]]).lines == (digest(PROMOTION),)


@pytest.mark.parametrize(
    "line",
    [
        "WASHINGTON (AFP) -",
        "(AFP) -",
        "“We are not leaving before the quay is open again.”",
        "„Wir gehen nicht, bevor der Hafen wieder offen ist.“",
        "Background",
    ],
)
def test_what_recurs_by_right_is_no_line_of_the_host(line: str) -> None:
    assert made([article(n, line) for n in range(9)]).lines == ()


def test_a_quote_a_table_and_a_caption_are_the_articles() -> None:
    for kind in ("quote", "table", "caption"):
        block = Block(kind=kind, text=PROMOTION)
        assert made([article(n, blocks=(block,)) for n in range(9)]).lines == ()


def test_a_standing_introduction_stays_unless_it_opens_half_of_the_articles() -> None:
    some = [article(n, blocks=(Block(kind="paragraph", text=INTRODUCTION),)) for n in range(9)]
    assert made([*some, *(article(n) for n in range(20, 40))]).lines == ()
    assert digest(INTRODUCTION) in made([*some, *(article(n) for n in range(20, 24))]).lines


def test_lines_already_cut_count_as_those_that_stay() -> None:
    before = [article(n, PROMOTION) for n in range(3)]
    after = [article(n, removed=(Removed(rule="host", text=PROMOTION),)) for n in range(3)]
    assert made(after).lines == made(before).lines != ()


def test_brands_are_found_in_titles_as_the_page_wrote_them() -> None:
    def titled(number: int, title: str) -> CleanArticle:
        told = Provenance(source="og", candidates=(f"og={title}",))
        return article(number, title=title.split(" | ")[0], provenance={"title": told})

    after = [titled(n, f"What happened on day {n} | The Tide Post") for n in range(4)]
    assert made(after).brands == ("the tide post",)
    rare = [*after, *(article(n) for n in range(10, 40))]
    assert made(rare).brands == ()
    kickers = [article(n, title=f"Ukraine: what happened on day {n}") for n in range(4)]
    assert made([*kickers, *(article(n) for n in range(10, 16))]).brands == ()


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Ferry returns to the quay", []),
        ("Ferry returns to the quay - Tide Post", [">tide post", "<ferry returns to the quay"]),
        ("Tide Post | Ferry returns", [">ferry returns", "<tide post"]),
        ("渡し船が戻る｜潮新聞", [">潮新聞", "<渡し船が戻る"]),
        ("Half-time score 2-1", []),
        ("Ferry | Tide Post", ["<ferry"]),
    ],
)
def test_parts_around_a_headline(title: str, parts: list[str]) -> None:
    assert list(around(title)) == parts


@pytest.mark.parametrize(
    ("dates", "known"),
    [
        (["23/04/2026", "24/04/2026", "25.04.2026"], True),
        (["04/23/2026", "04/24/2026", "04/25/2026"], False),
        (["03/04/2026"] * 9, None),
        (["23/04/2026", "24/04/2026", "25/04/2026", "04/23/2026"], None),
        (["23/04/2026", "24/04/2026"], None),
    ],
)
def test_how_a_host_writes_days(dates: list[str], known: bool | None) -> None:
    assert made([article(n, f"Published {day} at the harbour") for n, day in enumerate(dates)]).day_first is known


def test_everything_is_bounded() -> None:
    limits = ProfilerSettings(
        profile_articles=10, profile_article_lines=20, profile_lines=5, profile_titles=4, profile_brands=1
    )
    state = EMPTY
    for n in range(60):
        lines = [f"line number {m} that many articles of this host have" for m in range(90)]
        title = f"Story number {n} of the tide | Section {n % 2} of it | The Tide Post"
        state = observe(state, article(n, *lines, title=title), limits)
    assert [len(one.lines) for one in state.articles] == [20] * 10
    found = profile("tide.example", state, limits)
    assert (found.articles, len(found.lines), len(found.titles), len(found.brands)) == (10, 5, 4, 1)
    assert digest("Story number 59 of the tide | Section 1 of it") in found.titles


def test_the_version_is_made_from_the_content() -> None:
    articles = [article(n, PROMOTION) for n in range(5)]
    assert made(articles).version == made(articles).version > 0
    assert made(articles).version != made(articles[:4]).version
    assert made(articles).version < 2**53


arrivals = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 3), st.lists(st.sampled_from("abc"), unique=True)), max_size=30
)


@settings(max_examples=60, deadline=None)
@given(arrivals, st.randoms(use_true_random=False), st.integers(2, 9))
def test_neither_order_nor_repetition_matters(
    came: list[tuple[int, int, list[str]]], chance: random.Random, window: int
) -> None:
    limits = ProfilerSettings(profile_articles=window)
    articles = [
        article(number, *(f"line {letter} of the promotion of this host" for letter in letters), revision=revision)
        for number, revision, letters in came
    ]
    shuffled = articles + articles[: len(articles) // 2]
    chance.shuffle(shuffled)

    def state(of: list[CleanArticle]) -> State:
        found = EMPTY
        for one in of:
            found = observe(found, one, limits)
        return found

    assert state(shuffled) == state(articles)


def test_an_observation_holds_no_text_of_the_article() -> None:
    seen = observation(article(1, PROMOTION), SETTINGS)
    assert PROMOTION.encode() not in repr(seen).encode()
    assert not seen.brands


@pytest.mark.slow
def test_over_a_thousand_articles_a_cut_line_stays_known() -> None:
    """The line that the profile cuts is in no text any more; it must not leave the profile for that, and come back."""
    pages = host_pages(1, 1_000)
    state, known = EMPTY, EMPTY_PROFILE
    promotions = set.intersection(*(set(map(digest, page.furniture[:3])) for page in pages if len(page.furniture) > 5))
    assert len(promotions) == 3
    for number, page in enumerate(pages):
        state = observe(state, clean(raw(page, number), known), SETTINGS)
        if number % 10 == 9:
            known = profile("paper1.example", state, SETTINGS)
            if number >= 40:
                assert promotions <= set(known.lines), f"forgotten after {number} articles"
                assert known.brands == profile("paper1.example", state, SETTINGS).brands != ()
    blind = EMPTY
    for number, page in enumerate(pages[-200:], 800):
        blind = observe(blind, clean(raw(page, number)), SETTINGS)
    assert profile("paper1.example", blind, SETTINGS) == profile("paper1.example", state, SETTINGS), (
        "the profile depends on the profile that its articles were cleaned with"
    )


def test_a_profile_never_takes_more_than_three_tenths_of_an_article() -> None:
    page = host_pages(2)[3]
    all_known = replace(EMPTY_PROFILE, lines=tuple(map(digest, page.lines)), version=5)
    for count in range(len(page.lines) + 1):
        some = replace(all_known, lines=all_known.lines[:count])
        whole, cut = clean(raw(page, 3)), clean(raw(page, 3), some)
        by_host = sum(len(item.text) for item in cut.removed if item.rule == "host")
        assert by_host <= 0.3 * sum(len(line) for line in (*page.lines, *page.furniture, page.title))
        assert len(cut.text) >= 0.65 * len(whole.text)
        assert cut.profile_version == 5


def test_the_record_names_the_profile_and_the_same_profile_makes_the_same_bytes() -> None:
    page = host_pages(3)[5]
    known = replace(EMPTY_PROFILE, host="paper3.example", version=77, lines=(digest(page.furniture[0]),))
    assert clean(raw(page, 5), known) == clean(raw(page, 5), known)
    assert clean(raw(page, 5), known).profile_version == 77
    assert clean(raw(page, 5)).profile_version == 0
