"""Plain text as scraper sites leave it, generated: brand, cue words, languages and list lengths vary."""

import random

import pytest

from services.cleaner import brand
from services.cleaner.blocks import Line
from services.cleaner.clean import clean
from shared.codec import decode
from shared.messages import CleanArticle, RawArticle
from shared.transport.jsonl import completed
from tests.quality import injected

TITLE = "Harbour council rebuilds the old ferry pier in Linden"
STORY = [
    "LINDEN, Northland (AP) — The harbour council voted on Tuesday to rebuild the old ferry pier before winter comes.",
    "Work starts in May, said Mara Oduya, who chairs the council. The first boats return to the quay in October.",
    "The fishers had asked for a longer pier and will get eleven metres more than the first plan had promised them.",
    "Money comes from the county and from a fund that the town set up after the flood, about four million in all.",
]
BRANDS = ("Poolbank", "Chainly", "WE-COIN", "Северком", "NewsVault Pro")
SITES = ("Chainly View", "Market Daily", "Порт Обзор")


def cleaned(text: str) -> CleanArticle:
    import msgspec

    message = msgspec.json.encode({"url": "https://copy.example/1", "media_type": "text/plain", "content": text})
    return clean(decode(completed(message), RawArticle))


def scraped(seed: int) -> str:
    chance = random.Random(seed)
    pushed = chance.choice(BRANDS)
    home = chance.choice(injected.HOMES)
    story = [STORY[0].replace("LINDEN, ", f"LINDEN,{pushed} "), *STORY[1:]]
    above = [f"{home}{pushed}:{TITLE} -{chance.choice(SITES)}", f"{pushed}:{TITLE}", chance.choice(SITES)]
    below = [chance.choice(injected.COUNTERS)]
    for cue in chance.sample(injected.CUES, 3):
        bullet = chance.choice(("", "- ", "• "))
        below += [cue, *(bullet + line for line in injected._headlines(chance, chance.randint(2, 9)))]
    return "\n".join([*above, f"Date:2026-03-0{chance.randint(1, 9)} 11:54:18", *story, *below])


@pytest.mark.parametrize("seed", range(25))
def test_a_scraper_copy_comes_out_as_the_report(seed: int) -> None:
    article = cleaned(scraped(seed))
    assert article.title == TITLE
    assert [block.text for block in article.blocks] == STORY
    assert article.provenance["published_at"].status == "repost"
    assert article.published_at is not None
    assert article.published_at.startswith("2026-03-0")


@pytest.mark.parametrize("lang", sorted(injected.NOTICES))
def test_a_consent_tail_is_cut_and_recorded(lang: str) -> None:
    article = cleaned("\n".join([TITLE, *STORY, "X", injected.NOTICES[lang]]))
    assert [block.text for block in article.blocks] == STORY
    assert injected.NOTICES[lang] in {item.text for item in article.removed}


def test_a_clean_text_loses_nothing() -> None:
    article = cleaned("\n\n".join([TITLE, *STORY]))
    assert (article.title, [block.text for block in article.blocks]) == (TITLE, STORY)
    assert article.removed == ()


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Poolbank:Pier is rebuilt", "LINDEN,Poolbank Northland (AP) — It is.", "Poolbank"),
        ("Linden: pier is rebuilt", "The pier of Linden is rebuilt.", ""),  # the word stands in the text as a word
        ("Poolbank: pier is rebuilt", "The pier is rebuilt.", ""),  # nothing says that it does not belong
    ],
)
def test_a_brand_is_injected_only_where_the_text_proves_it(title: str, text: str, found: str) -> None:
    assert brand.injected(title, [text]) == found
    assert brand.strip(title, [Line(text)])[2] == found
