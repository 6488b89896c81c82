"""The cleaner on whole pages of our own writing: every field of the message, and every way to say no."""

import json
from datetime import UTC, datetime

import pytest

from services.cleaner import dayorder
from services.cleaner.clean import clean
from services.cleaner.settings import CleanerSettings
from shared.codec import encode
from shared.messages import FeedEntry, HostProfile, RawArticle, RightsSignal, Source, text_of
from shared.outcomes import Reason, Reject

FETCHED = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PARAGRAPHS = [
    "The harbour council of Linden voted on Tuesday evening to rebuild the old ferry pier before the winter storms.",
    "Work on the piles starts in May, said Mara Oduya, who chairs the council, and the first boats return in October.",
    "The fishers of the north quay had asked for a longer pier; they get eleven metres more than first planned.",
    "Money comes from the county and from a fund that the town set up after the flood, about four million in all.",
]
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Linden Courier"},
        {
            "@type": "NewsArticle",
            "headline": "Linden rebuilds its ferry pier",
            "url": "https://courier.example/town/pier",
            "datePublished": "2026-03-03T21:15:00+02:00",
            "dateModified": "2026-03-04T08:00:00+02:00",
            "author": [{"@type": "Person", "name": "Ida Brandt"}],
            "articleSection": "Town",
        },
    ],
}


def page(paragraphs: list[str] = PARAGRAPHS, head: str = "", linked: object = LINKED) -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    data = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    return f"""<!DOCTYPE html><html lang="en"><head><title>Linden rebuilds its ferry pier | Linden Courier</title>
    <meta property="og:title" content="Linden rebuilds its ferry pier | Linden Courier">
    <meta property="og:site_name" content="Linden Courier"><meta property="og:locale" content="en_GB">
    <meta property="og:image" content="/pier.jpg"><meta property="og:type" content="article">
    <meta name="description" content="The council has voted.">
    <link rel="canonical" href="https://courier.example/town/pier">{head}{data}</head>
    <body><nav><a href="/">Home</a> <a href="/town">Town</a></nav>
    <article><h1>Linden rebuilds its ferry pier</h1>{body}</article></body></html>"""


def raw(content: str, **more: object) -> RawArticle:
    facts: dict[str, object] = {
        "article_id": "0" * 32,
        "revision": 1,
        "url": "https://courier.example/town/pier",
        "source": Source(id="courier", channel="feed", language="en"),
        "first_seen_at": FETCHED,
        "discovered_at": FETCHED,
        "fetched_at": FETCHED,
        "content": content,
    }
    return RawArticle(**(facts | more))


def test_a_title_escaped_twice_without_the_domain_that_the_host_is_part_of() -> None:
    title = "<title>Pier &amp;#8211; and what it costs | Courier.example</title>"
    page = f"<html><head>{title}</head><body>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</body></html>"
    assert clean(raw(page, url="https://news.courier.example/pier")).title == "Pier – and what it costs"


def test_every_field_and_where_it_came_from() -> None:
    article = clean(raw(page()))
    assert article.title == "Linden rebuilds its ferry pier"
    assert article.text == "\n\n".join(PARAGRAPHS) == text_of(article.blocks)
    assert article.authors == ("Ida Brandt",)
    assert article.published_at == "2026-03-03T21:15:00+02:00"
    assert article.modified_at == "2026-03-04T08:00:00+02:00"
    assert article.site_name == "Linden Courier"
    assert article.section == "Town"
    assert article.image == "https://courier.example/pier.jpg"
    assert article.description == "The council has voted."
    assert article.canonical_url == "https://courier.example/town/pier"
    assert article.declared_langs == {"html": "en", "og": "en_GB", "source": "en"}
    assert article.provenance["published_at"].source == "json-ld"
    assert article.provenance["published_at"].precision == "second"
    assert set(article.provenance) == {
        "authors",
        "canonical_url",
        "description",
        "image",
        "modified_at",
        "published_at",
        "section",
        "site_name",
        "title",
    }


def test_same_page_same_bytes() -> None:
    assert encode(clean(raw(page()))) == encode(clean(raw(page())))


def test_the_feed_fills_what_the_page_leaves_out() -> None:
    entry = FeedEntry(title="Pier", authors=("Ida Brandt",), published="2026-03-03T19:15:00Z")
    article = clean(raw(page(linked=None), feed_entry=entry))
    assert article.authors == ("Ida Brandt",)
    assert article.published_at == "2026-03-03T19:15:00Z"
    assert article.provenance["authors"].source == article.provenance["published_at"].source == "feed"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", Reason.EMPTY),
        (" \n ", Reason.EMPTY),
        ("<html><body></body></html>", Reason.EMPTY),
        ("<html><head><title>Only a title</title></head><body><nav>Home</nav></body></html>", Reason.NO_ARTICLE),
        ("<html><body><p>Too short.</p></body></html>", Reason.NO_ARTICLE),
        ("<p " + " ".join(f"a{n}=1" for n in range(600)) + ">text</p>", Reason.HTML_LIMITS),
        ("<div>" * 1_500 + "text", Reason.HTML_LIMITS),
    ],
)
def test_nothing_usable_has_a_reason(content: str, reason: Reason) -> None:
    with pytest.raises(Reject) as rejected:
        clean(raw(content))
    assert rejected.value.reason is reason


ROBOTS = '<meta name="robots" content="noindex, follow">'
TDM = '<meta name="tdm-reservation" content="1">'


def test_noindex_parks_what_we_took_from_the_publisher() -> None:
    with pytest.raises(Reject) as rejected:
        clean(raw(page(head=ROBOTS)))
    assert rejected.value.reason is Reason.POLICY_NOINDEX
    header = (RightsSignal(signal="noindex", origin="header"),)
    with pytest.raises(Reject):
        clean(raw(page(), rights=header))


def test_a_mining_reservation_keeps_the_text_back() -> None:
    article = clean(raw(page(head=TDM)))
    assert article.title == "Linden rebuilds its ferry pier"
    assert (article.text, article.blocks) == ("", ())
    assert [signal.signal for signal in article.rights] == ["tdm-reservation"]


def test_signals_bind_nothing_in_an_own_archive_or_by_setting() -> None:
    own = clean(raw(page(head=ROBOTS + TDM), source=Source(id="files", channel="file")))
    told = clean(raw(page(head=ROBOTS + TDM)), settings=CleanerSettings(policy_noindex="flag", policy_tdm="flag"))
    for article in (own, told):
        assert article.text.startswith("The harbour council")
        assert {signal.signal for signal in article.rights} == {"noindex", "tdm-reservation"}


def test_the_title_is_not_said_twice() -> None:
    article = clean(raw(page(["Linden rebuilds its ferry pier", *PARAGRAPHS])))
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert {(item.rule, item.text) for item in article.removed} == {("title", "Linden rebuilds its ferry pier")}


@pytest.mark.parametrize("url", ["http://[bad", "urn:wireroom:file:00", "https://courier.example/2026/13/45/pier"])
def test_an_odd_address_costs_no_article(url: str) -> None:
    assert clean(raw(page(), url=url)).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(("day_first", "day"), [(None, "2026-02-01"), (True, "2026-02-01"), (False, "2026-01-02")])
def test_days_in_digits_are_read_as_the_host_writes_them(day_first: bool | None, day: str) -> None:
    shown = page(["Published: 01/02/2026", *PARAGRAPHS], linked=None)
    article = clean(raw(shown), HostProfile(host="courier.example", version=7, day_first=day_first))
    assert (article.published_at, article.provenance["published_at"].source) == (day, "html")


@pytest.mark.parametrize(
    ("found", "text", "day_first", "day"),
    [
        ("2026-04-03", "3/4/2026", False, "2026-03-04"),
        ("2026-03-04", "3/4/2026", True, "2026-04-03"),
        ("2026-04-03", "3.4.2026", True, "2026-04-03"),  # read the host's way already
        ("2026-04-13", "13/4/2026", False, "2026-04-13"),  # there is no thirteenth month
        ("2026-04-03", "3 April 2026", False, "2026-04-03"),  # not in digits
        ("2026-04-03", "3/4/2026", None, "2026-04-03"),
    ],
)
def test_the_habit_of_a_host_turns_only_what_can_be_read_both_ways(
    found: str, text: str, day_first: bool | None, day: str
) -> None:
    assert dayorder.as_the_host_writes(found, f"Harbour news, {text}, Linden", day_first) == day


@pytest.mark.parametrize(
    ("free", "tier", "flag"),
    [(False, "", 1.0), ("False", "", 1.0), ("https://schema.org/True", "", 0.0), (None, "locked", 1.0),
     (None, "free", 0.0), (None, "", None)],
)  # fmt: skip
def test_whether_a_text_is_free_is_what_the_page_says(free: object, tier: str, flag: float | None) -> None:
    story = "".join(f"{text} " for text in PARAGRAPHS * 3)
    linked = {"@type": "NewsArticle", "headline": "Linden rebuilds its ferry pier", "articleBody": story}
    linked |= {} if free is None else {"isAccessibleForFree": free}
    head = f'<meta property="article:content_tier" content="{tier}">' if tier else ""
    article = clean(raw(page(head=head, linked=linked)))
    assert article.quality.get("paywalled") == flag
    assert (article.text.count(PARAGRAPHS[0]) == 1) == (flag == 1.0)  # no way around a paywall through JSON-LD


def test_an_article_in_several_parts_keeps_them_all() -> None:
    parts = "".join(
        f'<section id="part-{n}"><h2>Part {n}</h2><p>{text} {n}</p><p>{text[::-1]} {n}</p></section>'
        for n, text in enumerate(PARAGRAPHS, 1)
    )
    shown = page([], linked=None).replace("</h1>", f"</h1>{parts}")
    article = clean(raw(shown))
    assert [block.text for block in article.blocks if block.kind == "heading"] == [f"Part {n}" for n in range(1, 5)]
    assert [block.text for block in article.blocks if block.kind == "paragraph"] == [
        f"{line} {n}" for n, text in enumerate(PARAGRAPHS, 1) for line in (text, text[::-1])
    ]
