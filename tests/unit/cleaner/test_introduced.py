"""Bylines that only their first word tells: found under the headline, and nowhere else."""

import pytest

from services.cleaner import introduced, names, page
from services.cleaner.settings import CleanerSettings

LONG = f"<p>{'The ferry left the harbour in the morning with all its passengers. ' * 5}</p>"
HEADLINE = "<h1>Ferry returns after eleven weeks</h1>"


def found(body: str) -> str:
    parsed = page.parse(f"<html><body>{body}</body></html>", "https://courier.example/a", CleanerSettings())
    return introduced.find(parsed)


@pytest.mark.parametrize(
    ("markup", "people"),
    [
        ("<div>By Ida Brandt</div>", ("Ida Brandt",)),
        ("<div><span>By</span><span>Ida Brandt</span></div>", ("Ida Brandt",)),
        ("<p>By <a href='/staff/ida'>Ida Brandt</a> Updated March 3, 2026</p>", ("Ida Brandt",)),
        ("<p>by: Ida Brandt, March 3, 2026</p>", ("Ida Brandt",)),
        ("<p>By Ida Brandt &bull; <span>March 3, 2026</span></p>", ("Ida Brandt",)),
        ("<div><p>Written by <a>Ida Brandt</a> and <a>Mara Oduya</a></p></div>", ("Ida Brandt", "Mara Oduya")),
        ("<ul><li>By</li><li>Ida Brandt</li><li>Mara Oduya</li></ul>", ("Ida Brandt", "Mara Oduya")),
        ("<p>By Ida Brandt, Harbour News, New York</p>", ("Ida Brandt",)),
        ("<p>By Ida Brandt, LHN</p>", ("Ida Brandt",)),
        ("<p>Text von Ida Brandt Fotos: Mara Oduya</p>", ("Ida Brandt",)),
        ("<p>Von Ursula van der Berg</p>", ("Ursula van der Berg",)),
        ("<p>Par Hélène d’Arcy</p>", ("Hélène d’Arcy",)),
        ("<p>Por María de la Cruz</p>", ("María de la Cruz",)),
        ("<p>Автор: Ірина Коваль</p>", ("Ірина Коваль",)),
        ("<p>بقلم أسماء نصار</p>", ("أسماء نصار",)),
        (f"{LONG}<p>By Ida Brandt</p>{LONG}", ("Ida Brandt",)),
    ],
)
def test_found(markup: str, people: tuple[str, ...]) -> None:
    assert names.people([found(f"{HEADLINE}{markup}{LONG}{LONG}")], ()) == people


@pytest.mark.parametrize(
    "body",
    [
        f"<p>By Ida Brandt</p>{HEADLINE}{LONG}",  # a teaser above the headline
        f"{HEADLINE}{LONG}{LONG}<p>By Ida Brandt</p>",  # of the next article
        f"{HEADLINE}<nav><a>By Use Case</a><span>By Use Case</span></nav>",
        f"{HEADLINE}<footer><p>By Ida Brandt</p></footer>",
        f"{HEADLINE}<p>By noon the harbour was open.</p>",
        f"{HEADLINE}<p>By The Numbers</p>",
        f"{HEADLINE}<h2>Von Linden nach Hafen</h2>",
        f"{HEADLINE}<p>Byron Brandt was there.</p>",
        f"{HEADLINE}<p>By Ida Brandt {'who was there ' * 12}</p>",  # a sentence
        HEADLINE,
        "",
    ],
)
def test_not_found(body: str) -> None:
    assert found(f"<div>{body}</div>") == ""


def test_a_short_first_heading_is_the_sites_name() -> None:
    assert found(f"<h1>Courier</h1><p>By Mara Oduya</p>{HEADLINE}<p>By Ida Brandt</p>") == "By Ida Brandt"
    assert found("<p>By Mara Oduya</p>") == "By Mara Oduya"
