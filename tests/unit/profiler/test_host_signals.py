"""What a host's enriched articles say of it as a source."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.cleaner.clean import clean
from services.enricher.enrich import enrich, load_tables
from services.enricher.settings import EnricherSettings
from services.profiler.observation import observation
from services.profiler.profile import EMPTY, State, observe, profile
from services.profiler.settings import ProfilerSettings
from shared.identity import article_id
from shared.messages import (
    EMPTY_PROFILE,
    Block,
    CleanArticle,
    EnrichedArticle,
    HostProfile,
    Provenance,
    RawArticle,
    Source,
    TaggedArticle,
)

LIMITS = ProfilerSettings()
START = datetime(2026, 3, 1, tzinfo=UTC)


def article(number: int, signals: dict[str, float] | None = None, **fields: Any) -> EnrichedArticle:
    """An enriched article of one host, first seen `number` minutes after the first. `signals`: of no agency."""
    url = f"https://www.tide.example/{number}"
    moment = START + timedelta(minutes=number)
    block = Block(kind="paragraph", text=f"Only article {number} says this line of it")
    given = {"title": f"The story number {number} of the tide", "blocks": (block,), "site_name": "The Tide Post"}
    return EnrichedArticle(
        article_id=article_id(url),
        url=url,
        source=Source(id="tide"),
        first_seen_at=moment,
        discovered_at=moment,
        fetched_at=moment,
        signals={"agency": 0.0} if signals is None else signals,
        **({"revision": 1} | given | fields),
    )


def as_clean(one: EnrichedArticle) -> CleanArticle:
    return CleanArticle(**{name: getattr(one, name) for name in CleanArticle.__struct_fields__})


def state(articles: list[Any], limits: ProfilerSettings = LIMITS) -> State:
    found = EMPTY
    for one in articles:
        found = observe(found, one, limits)
    return found


def made(articles: list[Any]) -> HostProfile:
    return profile("tide.example", state(articles), LIMITS)


def titled(number: int, source: str, *candidates: str) -> EnrichedArticle:
    told = Provenance(source=source, candidates=candidates)
    return article(number, title=f"What happened on day {number}", provenance={"title": told})


def test_shares_and_of_how_many_articles() -> None:
    copied = [article(n, {"agency": 1.0, "dateline_date_gap_days": float(n % 2) * 5}) for n in range(18)]
    own = [article(n, {"agency": 0.0}) for n in range(18, 20)]
    assert made([*copied, *own]).signals == {
        "agency_share": 0.9,
        "articles": 20,
        "brand_in_title_share": 0,
        "dateline_contradicted_share": 0.5,
        "dateline_dates": 18,
        "dateline_gap_days": 0,
    }


@pytest.mark.parametrize(("gap", "share"), [(-2, 1), (-1, 0), (0, 0), (1, 0), (2, 1), (17, 1)])
def test_the_morning_after_and_another_zones_day_contradict_nothing(gap: int, share: float) -> None:
    signals = made([article(n, {"agency": 1.0, "dateline_date_gap_days": float(gap)}) for n in range(5)]).signals
    assert (signals["dateline_contradicted_share"], signals["dateline_gap_days"]) == (share, gap)


def test_few_articles_say_nothing_and_few_dates_say_nothing_of_dates() -> None:
    dated = {"agency": 1.0, "dateline_date_gap_days": 4.0}
    assert made([article(n, dated) for n in range(4)]).signals == {}
    five = made([*(article(n, dated) for n in range(4)), article(4)]).signals
    assert (five["agency_share"], [name for name in five if "dateline" in name]) == (0.8, [])


def test_the_window_is_the_newest_articles() -> None:
    old = [article(n, {"agency": 1.0}) for n in range(100)]
    new = [article(n, {"agency": 0.0}) for n in range(100, 150)]
    assert made(old + new).signals["agency_share"] == 0.5
    assert made(new[::-1] + old) == made(old + new)


def test_a_withdrawn_article_and_an_older_revision_count_no_more() -> None:
    agency = [article(n, {"agency": 1.0}) for n in range(6)]
    gone = article(0, {}, revision=2, state="withdrawn", title="", blocks=(), site_name="")
    assert made([*agency, gone]).signals["articles"] == 5
    mended = article(1, {"agency": 0.0}, revision=2)
    assert made([mended, *agency[1:]]).signals["agency_share"] == 0.8


def test_an_article_that_is_only_clean_does_not_count_and_gives_way_to_the_enriched_one() -> None:
    enriched = [article(n, {"agency": 1.0}) for n in range(5)]
    cleaned = [as_clean(one) for one in enriched]
    assert made(cleaned).signals == {}
    assert made([*cleaned, *enriched]) == made([*enriched, *cleaned]) == made(enriched)
    assert made(enriched).signals["agency_share"] == 1
    otherwise = [replace(one, title="") for one in enriched]  # as another cleaning has it, which ranks below the first
    assert made([*cleaned, *otherwise]) == made([*otherwise, *cleaned]) == made(otherwise)


def test_what_a_profile_added_to_an_article_is_not_seen() -> None:
    bare = article(1, {"agency": 1.0})
    told = replace(bare, signals={**bare.signals, "host_agency_share": 0.2}, versions={"profile": "7"})
    assert observation(told, LIMITS) == observation(bare, LIMITS)


@pytest.mark.parametrize(
    ("candidates", "share"),
    [
        (("title=What happened today | The Tide Post",), 0),
        (("og=What happened today | The Tide Post", "title=What happened today | The Tide Post"), 1),
        (("h1=The Tide Post - What happened today",), 1),
        (("og=What happened today | Another name",), 1),  # it recurs: a brand by the profile
    ],
)
def test_a_brand_counts_in_a_headline_also_once_the_cleaner_has_cut_it_and_not_in_the_tab(
    candidates: tuple[str, ...], share: float
) -> None:
    assert made([titled(n, "og", *candidates) for n in range(5)]).signals["brand_in_title_share"] == share


def test_a_brand_pushed_into_a_plain_text_counts() -> None:
    pushed = [article(n, quality={"injected_brand": float(n < 3)}) for n in range(5)]
    assert made(pushed).signals["brand_in_title_share"] == 0.6


arrivals = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 3), st.sampled_from((0.0, 1.0)), st.integers(-3, 3), st.booleans()),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(arrivals, st.randoms(use_true_random=False), st.integers(2, 9))
def test_neither_order_nor_repetition_matters(
    came: list[tuple[int, int, float, int, bool]], chance: random.Random, window: int
) -> None:
    limits = ProfilerSettings(profile_articles=window)
    articles: list[Any] = []
    for number, revision, agency, gap, enriched in came:
        one = article(number, {"agency": agency, "dateline_date_gap_days": float(gap)}, revision=revision)
        articles.append(one if enriched else as_clean(one))
    shuffled = articles + articles[: len(articles) // 2]
    chance.shuffle(shuffled)
    assert state(shuffled, limits) == state(articles, limits)


def raw(number: int) -> RawArticle:
    """A page of a host that prints one agency day by day, and says so below each report in the same words."""
    url = f"https://www.tide.example/{number}"
    body = "".join(f"<p>The council spoke about ferry {number * 10 + n}, and the town waits.</p>" for n in range(6))
    credit = "<p>Copyright 2026 The Associated Press. All rights reserved.</p>"
    head = f"<title>Ferry {number} returns | Tide Post</title><meta property='og:site_name' content='Tide Post'>"
    heading = f"<h1>Ferry {number} returns to the quay | Tide Post</h1>"
    return RawArticle(
        article_id=article_id(url),
        revision=1,
        url=url,
        source=Source(id="tide"),
        first_seen_at=START + timedelta(minutes=number),
        discovered_at=START,
        fetched_at=START,
        content=f"<html lang=en><head>{head}</head><body><article>{heading}{body}{credit}</article></body></html>",
    )


def test_a_profile_does_not_feed_itself() -> None:
    """What it makes the cleaner cut, an agency's credit or a brand, is still seen by the next one."""
    tables = load_tables(EnricherSettings())

    def walked(number: int, known: HostProfile) -> EnrichedArticle:
        cleaned = clean(raw(number), known)
        tagged = TaggedArticle(**{name: getattr(cleaned, name) for name in cleaned.__struct_fields__}, lang="en")
        return enrich(tagged, tables, EnricherSettings(), known)

    blind = made([walked(n, EMPTY_PROFILE) for n in range(8)])
    seeing = [walked(n, blind) for n in range(8)]
    assert {one.rule for article in seeing for one in article.removed} >= {"host"}
    assert made(seeing) == blind
    assert (blind.signals["agency_share"], blind.signals["brand_in_title_share"]) == (1, 1)
    assert seeing[0].signals["host_agency_share"] == 1
