"""What host profiles win: fifty invented hosts with thirty pages each, cleaned as they come, with and without profile.

The first ten pages of a host only teach. Nothing here needs the open pages; floors are in floors.json.
"""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.cleaner.clean import clean
from services.profiler.profile import EMPTY, observe, profile
from services.profiler.settings import ProfilerSettings
from shared.identity import article_id
from shared.messages import EMPTY_PROFILE, CleanArticle, RawArticle, Source
from tests.fixtures.hosts import Page, host_pages

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))["host_profiles"]["floors"]
HOSTS, TAUGHT, START = 50, 10, datetime(2026, 3, 1, tzinfo=UTC)
Figures = Counter[str]


def _raw(page: Page, number: int) -> RawArticle:
    moment = START + timedelta(minutes=number)
    return RawArticle(
        article_id=article_id(page.url),
        revision=1,
        url=page.url,
        source=Source(id="generated"),
        first_seen_at=moment,
        discovered_at=moment,
        fetched_at=moment,
        content=page.html,
    )


def _count(figures: Figures, article: CleanArticle, page: Page) -> None:
    lines = {line for block in article.blocks for line in block.text.split("\n")}
    figures["right"] += len(lines & set(page.lines))
    figures["found"] += len(lines)
    figures["gold"] += len(set(page.lines))
    figures["furniture"] += len(set(page.furniture))
    figures["furniture left"] += len(lines & set(page.furniture))
    figures["recurring by right"] += len(page.recurring)
    figures["recurring kept"] += len(lines & set(page.recurring))
    figures["titles"] += article.title == page.title
    figures["pages"] += 1


def _f1(figures: Figures) -> float:
    return 2 * figures["right"] / (figures["found"] + figures["gold"])


@pytest.fixture(scope="module")
def figures() -> tuple[Figures, Figures]:
    """(without, with profile)."""
    without, seeing, limits = Figures(), Figures(), ProfilerSettings()
    for host in range(HOSTS):
        state, known = EMPTY, EMPTY_PROFILE
        for number, page in enumerate(host_pages(host)):
            article = clean(_raw(page, number), known)
            if number >= TAUGHT:
                _count(without, clean(_raw(page, number)), page)
                _count(seeing, article, page)
            state = observe(state, article, limits)
            known = profile(f"paper{host}.example", state, limits)
    for name, made in (("without profile", without), ("with profile", seeing)):
        print(
            f"\n{name}: {made['pages']} pages, line F1 {_f1(made):.4f}, titles {made['titles'] / made['pages']:.3f}, "
            f"furniture left {made['furniture left']} of {made['furniture']}, "
            f"recurring by right kept {made['recurring kept']} of {made['recurring by right']}"
        )
    return without, seeing


def test_lines_with_a_profile_are_the_articles(figures: tuple[Figures, Figures]) -> None:
    without, seeing = figures
    assert _f1(seeing) >= FLOORS["line_f1"]
    assert _f1(seeing) - _f1(without) >= FLOORS["gain_line_f1"]
    assert seeing["furniture left"] <= FLOORS["max_furniture_left"] * seeing["furniture"]


def test_titles_lose_the_brand(figures: tuple[Figures, Figures]) -> None:
    assert figures[1]["titles"] >= FLOORS["titles"] * figures[1]["pages"]


def test_what_recurs_by_right_stays(figures: tuple[Figures, Figures]) -> None:
    for one in figures:
        assert one["recurring kept"] >= FLOORS["recurring_kept"] * one["recurring by right"]
