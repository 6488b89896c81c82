"""What the lists say that a capitalised name is, and whether it is that here: `Ende` is a town, and German for end."""

from functools import lru_cache
from typing import NamedTuple

from services.enricher import inflection
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer
from services.enricher.keyphrases import frequencies
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Kind
from services.enricher.tokens import Token

PLACE_PREPOSITIONS = frozenset("in at near from aus nach en em na no nas nos i på w we v ve в во на у".split())
NOUNS_ARE_CAPITALISED = frozenset({"de", "lb", "nds"})
GERMAN_SPEAKING = frozenset({"DE", "AT", "CH", "LI", "LU"})
COMPOUNDS = frozenset({"de", "nl", "sv", "da", "nb", "nn", "no"})  # `Corona-Krise` is about no town of Corona
ORDINARY = 0.03  # share of documents with a word that makes it no name where names are not expected
TOWN, LARGE, MILLION = 50_000, 300_000, 1_000_000  # people; Paris and Berlin are given names, too
SURE_PLACE, DECLINED = 0.8, 0.6
SHORT = 4  # letters of an abbreviation
MARKS = 5  # quotes, dashes and bullets at most before the first word of a sentence
Listed = tuple[int, Kind, float]  # past its last token, what it is, how surely


class Reading(NamedTuple):
    """What is known while an article is read: its language, its words without a capital, and the lists."""

    lang: str
    lower: set[str]
    gazetteer: Gazetteer
    lexicon: Lexicon


@lru_cache(maxsize=32_768)
def listed(name: str, lang: str, gazetteer: Gazetteer, lexicon: Lexicon) -> tuple[Kind, float] | None:
    """What the lists say that a name is, and how surely."""
    if name in lexicon.acronyms:
        return "organisation", 0.9
    if gazetteer.country(name, lang) is not None and (len(name) > 2 or name in ("US", "UK")):
        return "place", 0.9
    key = fold(name)
    if key in lexicon.organisations and not name.islower():
        return "organisation", 0.85
    if key in gazetteer.regions:
        return "place", 0.85
    if name.isupper() and len(name) < SHORT:
        return None
    least = MILLION if name in lexicon.given_names or (name.isupper() and len(name) == SHORT) else TOWN
    if len(name) > 3 and gazetteer.people(name) >= least:
        return "place", 0.75
    if name not in lexicon.given_names and inflection.place(name, lang, gazetteer) is not None:
        return "place", DECLINED
    return None


def tight(sentence: list[Token], index: int) -> bool:
    """A hyphen without spaces around it."""
    if index + 1 >= len(sentence):
        return False
    return sentence[index - 1].end == sentence[index].start and sentence[index].end == sentence[index + 1].start


def opens(sentence: list[Token], index: int) -> bool:
    """Whether only quotes, dashes and bullets stand before a token."""
    return index <= MARKS and not any(token.text[0].isalnum() for token in sentence[:index])


def is_ordinary(word: str, reading: Reading) -> bool:
    """A word that the article also writes without a capital, or many articles hold."""
    return word.lower() in reading.lower or frequencies(reading.lang).is_common(word.casefold(), ORDINARY)


def is_other(sentence: list[Token], start: int, end: int, known: Listed, titled: bool, reading: Reading) -> bool:
    """Whether a listed name is a person's here, or no name: `Paris` in `Paris Hilton`, `Ende` (German: end).

    Args:
        start, end: the run of capitals from the name on; only a name of one word can be taken for another.
        titled: a title stands before it.
    """
    stop, kind, score = known
    if titled and kind == "place" and stop == end:
        return True
    if stop - start != 1:
        return False
    lexicon, word = reading.lexicon, sentence[start].text
    before = sentence[start - 1].text if start else ""
    after = sentence[stop].text if stop < end else ""
    if before in lexicon.given_names or (word in lexicon.given_names and after in lexicon.surnames):
        return True
    if word in lexicon.acronyms or (kind == "place" and score >= SURE_PLACE and (len(word) > SHORT or word.isupper())):
        return False
    common = frequencies(reading.lang).is_common(word.casefold(), ORDINARY)
    first = opens(sentence, start)
    if word.lower() in reading.lower or (first and common):
        return True
    if kind != "place" or score >= SURE_PLACE:
        return kind == "place" and common and len(word) < SHORT  # `Car` (French: for) is not the republic
    if score == DECLINED:
        return first and not _declined_country(word, reading)
    return _is_no_city(sentence, start, common, before, reading)


def _declined_country(word: str, reading: Reading) -> bool:
    """Suomessa. A city's stem at the start of a sentence is rather another word's: Давайте (let us), not Davao."""
    place = inflection.place(word, reading.lang, reading.gazetteer)
    return place is not None and place.kind == "country"


def _is_no_city(sentence: list[Token], at: int, common: bool, before: str, reading: Reading) -> bool:
    word, people = sentence[at].text, reading.gazetteer.people(sentence[at].text)
    if reading.lang in COMPOUNDS and tight(sentence, at + 1) and sentence[at + 1].text == "-":
        return True
    if people >= MILLION or common:
        return people < MILLION
    if people >= LARGE:
        return False
    located = before.lower() in PLACE_PREPOSITIONS
    if reading.lang in NOUNS_ARE_CAPITALISED and not located:
        return reading.gazetteer.city(word)[0].country not in GERMAN_SPEAKING  # `Mission`, `Apotheke`
    return word in reading.lexicon.surnames and not located
