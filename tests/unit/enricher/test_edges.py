import pytest

from services.enricher import lexicon
from services.enricher.edges import trimmed
from services.enricher.entities import is_people, without_headings
from services.enricher.mentions import Kind, Mention


@pytest.mark.parametrize(
    ("text", "found", "kind", "expected"),
    [
        ("So Mr Sculthorpe said", "Mr Sculthorpe", "person", "Sculthorpe"),
        ("the Prime Minister Ana Silva", "Prime Minister Ana Silva", "person", "Ana Silva"),
        ("for President Dr. Ana Silva", "President Dr. Ana Silva", "person", "Ana Silva"),
        ("to Pope Francis", "Pope Francis", "person", "Pope Francis"),  # a name of office
        ("with Don Burnstick", "Don Burnstick", "person", "Don Burnstick"),  # a given name, too
        ("the President", "President", "person", "President"),  # nothing would be left
        ("the Mr Price chain", "Mr Price", "organisation", "Mr Price"),
        ("near al-Tanf today", "-Tanf", "place", "al-Tanf"),
        ("near al-Tanf today", "Tanf", "place", "al-Tanf"),
        ("in off-Broadway plays", "-Broadway", "place", "Broadway"),
        ("Museveni- in town", "Museveni-", "person", "Museveni"),
        ("by ‘Rolling Stone", "‘Rolling Stone", "organisation", "Rolling Stone"),
        ("Al-Ahram wrote", "Al-Ahram", "organisation", "Al-Ahram"),
    ],
)
def test_a_name_stands_between_its_edges(text: str, found: str, kind: Kind, expected: str):
    start = text.index(found)
    one = trimmed(text, Mention(start, start + len(found), kind, found), lexicon.load())
    assert one is not None
    assert one.text == expected == text[one.start : one.end]


def test_marks_alone_are_no_name():
    assert trimmed("a -’ b", Mention(2, 4, "person", "-’"), lexicon.load()) is None


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Costa Ricans", "place", True),
        ("Costa Rican", "organisation", True),
        ("North Koreans", "place", True),
        ("Russian", "person", True),
        ("Costa Rica", "place", False),
        ("Bank of Russian", "organisation", False),
        ("Jean English", "person", False),
    ],
)
def test_a_people_is_nothing_that_is_named(name: str, kind: Kind, expected: bool):
    assert is_people(Mention(0, len(name), kind, name), lexicon.load()) is expected


def test_a_heading_of_one_word_is_nobody():
    text = "Fares\nA single costs four pounds, said Oxmantle.\nOxmantle\nShe runs the pier.\nReuters"
    places: list[tuple[str, int, Kind]] = [
        ("Fares", 0, "person"),
        ("Oxmantle", text.index("Oxmantle."), "person"),
        ("Oxmantle", text.index("Oxmantle\n"), "person"),
        ("Reuters", text.index("Reuters"), "organisation"),
    ]
    found = [Mention(start, start + len(name), kind, name) for name, start, kind in places]
    assert without_headings(text, found) == found[1:]
