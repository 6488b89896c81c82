"""Line rules one by one: what each cuts, and what it must leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.blocks import Line
from services.cleaner.lines import anchors, cues, head, repeats, tail
from services.cleaner.lines.context import Context
from services.cleaner.lines.cut import RULES, Rule, cut, within
from shared.fold import digest
from shared.messages import HostProfile, Removed

PROSE = [
    f"The harbour council voted on item {n} of the ferry plan. It is to be carried out before the winter storms come."
    for n in range(8)
]


def lines(*texts: str) -> list[Line]:
    return [Line(text, "paragraph", n) for n, text in enumerate(texts)]


NEWS = Context(
    titles=("Pier is rebuilt",),
    site_names=("Linden Courier",),
    authors=("Ida Brandt",),
    link_texts=frozenset({"Mill is sold to its own workers", "Follow the council's debate here"}),
    news=True,
)
CASES: list[tuple[Rule, list[str], list[str]]] = [
    (head.title, ["PIER IS REBUILT!", *PROSE], ["PIER IS REBUILT!"]),
    (head.byline, ["By Ida Brandt", "14 April 2026, 10:43", *PROSE], ["By Ida Brandt", "14 April 2026, 10:43"]),
    (head.byline, ["In 2019 the pier burned down and was never rebuilt.", *PROSE], []),
    (head.breadcrumb, ["Home › Town › Harbour", *PROSE], ["Home › Town › Harbour"]),
    (head.breadcrumb, ["Goals: 3 > 2, said the coach.", *PROSE], []),
    (anchors.whole, [*PROSE, "Mill is sold to its own workers"], ["Mill is sold to its own workers"]),
    (anchors.whole, [*PROSE, "Debate: Follow the council's debate here"], ["Debate: Follow the council's debate here"]),
    (cues.notice, [PROSE[0], "Advertisement", "Lesen Sie auch", PROSE[1]], ["Advertisement", "Lesen Sie auch"]),
    (cues.pointer, [PROSE[0], "Read more: Mill is sold", PROSE[1]], ["Read more: Mill is sold"]),
    (cues.pointer, [PROSE[0], "Related parties signed the contract on Monday.", PROSE[1]], []),
    (
        cues.sections,
        [*PROSE, "Most read", "Mill is sold", "Storm closes school", "Old train is back"],
        ["Most read", "Mill is sold", "Storm closes school", "Old train is back"],
    ),
    (cues.sections, [*PROSE, "Ranking", PROSE[0], PROSE[1]], []),
    (tail.counter, [*PROSE, "veryGood! (15216)"], ["veryGood! (15216)"]),
    (tail.counter, [*PROSE, "He was elected again (2019)"], []),
    (tail.counter, [*PROSE, "The pier (built in 1960) is closed."], []),
    (tail.biography, [*PROSE, "Ida Brandt reports on the coast."], ["Ida Brandt reports on the coast."]),
    (tail.rules, [PROSE[0], "* * *", "___", PROSE[1]], ["* * *", "___"]),
]


@pytest.mark.parametrize(("rule", "given_lines", "gone"), CASES)
def test_what_a_rule_cuts(rule: Rule, given_lines: list[str], gone: list[str]) -> None:
    page = lines(*given_lines)
    assert [page[n].text for n in sorted(rule(page, NEWS))] == gone


def profile(*known: str, titles: tuple[str, ...] = ()) -> Context:
    return Context(
        profile=HostProfile(
            host="courier.example",
            version=1,
            lines=tuple(sorted(map(digest, known))),
            titles=tuple(sorted(map(digest, titles))),
        )
    )


def test_what_the_host_repeats_goes() -> None:
    page = lines(*PROSE, "Courier readers know more.", "Storm closes school")
    context = profile("Courier readers know more!", titles=("Storm closes school",))
    assert sorted(repeats.on_host(page, context)) == [8, 9]
    assert repeats.on_host(page, Context()) == set()


def test_a_profile_never_takes_more_than_its_share() -> None:
    assert repeats.on_host(lines(*PROSE), profile(*PROSE[:4])) == set()


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=30))
def test_cutting_loses_nothing_unsaid(texts: list[str]) -> None:
    page = [Line(text.strip() or "x", "paragraph", n) for n, text in enumerate(texts)]
    kept, removed = cut(page, NEWS)
    assert kept
    assert sorted(line.text for line in page) == sorted([line.text for line in kept] + [item.text for item in removed])
    assert {item.rule for item in removed} <= {name for name, _ in RULES}


def test_removed_is_bounded_in_bytes() -> None:
    items = tuple(Removed(rule="notice", text="ä" * 10) for _ in range(10))
    assert len(within(items, 64)) == 3
