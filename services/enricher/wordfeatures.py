"""What a word, and a listed name, says of itself to the sequence model, whatever stands around it."""

import re
from functools import lru_cache

from msgspec import Struct

from services.enricher import capitals
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.tokens import Token

QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
RUNS = re.compile(r"(.)\1+")
BIG_CITY, CITY = 500_000, 15_000


class Word(Struct, frozen=True, gc=False):
    """What a word says by itself, as features of its own token and of its neighbours'."""

    lower: str
    shape: str
    own: tuple[str, ...]
    before: tuple[str, ...]  # to the token after it
    after: tuple[str, ...]  # to the token before it
    second_before: str
    second_after: str


EDGE = Word("", "", (), ("-1end",), ("1end",), "-2end", "2end")
EDGES = [EDGE, EDGE]


def shape(word: str) -> str:
    """`Xx`, `X`, `x`, `d`, `X.X`: letters and digits by class, runs as one."""
    if word.isascii() and word.isalpha():  # most words, without looking at each letter
        if word.islower():
            return "x"
        if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
            return "Xx" if len(word) > 1 else "X"
    classes = "".join("X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c for c in word[:20])
    return RUNS.sub(r"\1", classes)


@lru_cache(maxsize=32_768)
def word_features(printed: str, lexicon: Lexicon) -> Word:
    """The features of a word, its lists included."""
    word = printed.translate(QUOTES)
    lower, form = word.casefold(), shape(word)
    lists = [name for name, words in lexicon.lists() if word in words]
    own = ["w=" + lower, "s=" + form, *("l=" + name for name in lists)]
    if word[0].isalpha():
        own += ["e3=" + lower[-3:], "e4=" + lower[-4:]]
    close = [f"w={lower}", *(f"l={name}" for name in lists)]
    return Word(
        lower,
        form,
        tuple(own),
        tuple("-1" + name for name in close),
        tuple("1" + name for name in close),
        "-2w=" + lower,
        "2w=" + lower,
    )


def gazetted(
    text: str, sentence: list[Token], capitalised: list[int], gazetteer: Gazetteer, lexicon: Lexicon
) -> dict[int, tuple[str, ...]]:
    """For tokens of listed names the kinds of the name, longest match first: `B-country`, `I-city`."""
    marks: dict[int, tuple[str, ...]] = {}
    done = 0
    for index in capitalised:
        if index < done:
            continue
        for end in range(_reach(sentence, index), index, -1):
            kinds = _kinds(text[sentence[index].start : sentence[end - 1].end], gazetteer, lexicon)
            if kinds:
                marks[index] = tuple("B-" + kind for kind in kinds)
                for at in range(index + 1, end):
                    marks[at] = tuple("I-" + kind for kind in kinds)
                done = end
                break
    return marks


def _reach(sentence: list[Token], index: int) -> int:
    """How far a listed name may go: over capitals and what joins them."""
    end, last = index + 1, min(len(sentence), index + capitals.LONGEST)
    for at in range(index + 1, last):
        word = sentence[at].text
        if word[0].isupper():
            end = at + 1
        elif word.lower() not in capitals.JOINERS and word not in "-–'’":
            break
    return end


@lru_cache(maxsize=16_384)
def _kinds(name: str, gazetteer: Gazetteer, lexicon: Lexicon) -> tuple[str, ...]:
    found = []
    key = fold(name)
    if name in lexicon.acronyms or key in lexicon.organisations:
        found.append("org")
    if gazetteer.country(name, "en") is not None:
        found.append("country")
    if key in gazetteer.regions:
        found.append("region")
    people = gazetteer.people(name)
    if people:
        found.append("metropolis" if people >= BIG_CITY else "city" if people >= CITY else "town")
    return tuple(found)
