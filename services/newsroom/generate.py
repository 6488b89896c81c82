"""Articles by the thousand for load and fault tests: sentences from stock, every article with a word of its own."""

import random
import tomllib
from pathlib import Path
from typing import Any

from services.newsroom.articles import Article, Edit
from services.newsroom.sites import SITES

STOCK: dict[str, Any] = tomllib.loads((Path(__file__).parent / "stock.toml").read_text(encoding="utf-8"))
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]  # 70; four of them name 24 million articles
PARAGRAPHS, SENTENCES = 4, 3
EDITED, WITHDRAWN = 10, 50  # one in so many is edited, one in so many withdrawn
LATER = 20.0  # seconds of the script after an article's appearance at which that happens
NEW_NAMES = 12_000_000  # where the names that edits bring in begin
SCATTER = 10_000_019  # prime to 70**4: neighbours in number get names that look nothing alike


def coined(number: int) -> str:
    """The invented name of article `number`: different for every number below 70**4."""
    rest, name = (number * SCATTER + 4_711_071) % len(SYLLABLES) ** 4, ""
    for _ in range(4):
        rest, at = divmod(rest, len(SYLLABLES))
        name += SYLLABLES[at]
    return name.capitalize() + "x"


def _article(number: int, every: float, seed: int) -> Article:
    dice = random.Random(f"{seed} article {number}")  # noqa: S311 - text, not secrets
    language = list(STOCK)[number // len(SITES) % len(STOCK)]
    stock, name = STOCK[language], coined(number)
    filled = {"name": name, "place": dice.choice(stock["places"]), "person": dice.choice(stock["people"])}
    chosen = dice.sample(stock["sentences"], PARAGRAPHS * SENTENCES - 1)
    sentences = [stock["opening"], *chosen]
    told = [sentence.format(**filled, number=dice.randrange(20, 400)) for sentence in sentences]
    joined = stock["space"].join
    appears = (1 + number) * every
    new_name = coined(NEW_NAMES + number)
    edit = Edit(at=appears + LATER, append=(stock["correction"].format(name=new_name),), words=(name, new_name))
    return Article(
        site=SITES[number % len(SITES)].id,
        slug=f"g{number:06d}-{name.lower()}",
        language=language,
        title=stock["title"].format(**filled),
        authors=(filled["person"],),
        section=stock["section"],
        offset="+00:00",
        words=(name,),
        body="\n\n".join(joined(told[at : at + SENTENCES]) for at in range(0, len(told), SENTENCES)),
        age_hours=24 + number / 60,
        appears=appears,
        edits=(edit,) if number % EDITED == 1 else (),
        withdrawn=appears + LATER if number % WITHDRAWN == 2 else None,
    )


def generated(count: int, every: float, seed: int) -> tuple[Article, ...]:
    """`count` articles, a prefix of any longer series of the same seed.

    With `every` above 0 they appear one by one, `every` seconds apart at pace 1, else all are there from the first
    second.
    """
    return tuple(_article(number, every, seed) for number in range(count))
