"""English entities by a linear-chain CRF (Lafferty et al. 2001) over words, word lists and what the rules say.

The model labels each token with begin or inside of a person, organisation or place, or none. Its features are the
token and its neighbours, their shapes and affixes, their entries in the word lists and gazetteer, how the same word is
written elsewhere in the article, and the answer of the rules (`capitals.py`), which the model learns when to trust.
Trained by `services.enricher.build.model`; its card is `data/model.md`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pycrfsuite

from services.enricher import capitals
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Kind, Mention
from services.enricher.tokens import Token, sentences, tokenise

LABELS: dict[str, Kind] = {"P": "person", "O": "organisation", "L": "place"}
LETTER = {kind: letter for letter, kind in LABELS.items()}
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
RUNS = re.compile(r"(.)\1+")
BEFORE, AFTER = 2, 2  # tokens kept beside a capital
BIG_CITY, CITY = 500_000, 15_000


@dataclass(frozen=True)
class Stretch:
    """Neighbouring tokens of one sentence and the features of each."""

    tokens: list[Token]
    features: list[list[str]]


class Word(NamedTuple):
    """What a word says by itself, as features of its own token and of its neighbours'."""

    lower: str
    shape: str
    own: tuple[str, ...]
    before: tuple[str, ...]  # to the token after it
    after: tuple[str, ...]  # to the token before it
    second_before: tuple[str, ...]
    second_after: tuple[str, ...]


EDGE = Word("", "", (), ("-1end",), ("1end",), ("-2end",), ("2end",))
EDGES = [EDGE, EDGE]


def shape(word: str) -> str:
    """`Xx`, `X`, `x`, `d`, `X.X`: letters and digits by class, runs as one."""
    classes = "".join("X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c for c in word[:20])
    return RUNS.sub(r"\1", classes)


@lru_cache(maxsize=32_768)
def word_features(printed: str, lexicon: Lexicon) -> Word:
    """The features of a word, its lists included."""
    word = printed.translate(QUOTES)
    lower, form = word.casefold(), shape(word)
    lists = [name for name, words in lexicon.lists() if word in words]
    own = ["1", "w=" + lower, "s=" + form, *("l=" + name for name in lists)]
    if word[0].isalpha():
        own += ["p3=" + lower[:3], "e2=" + lower[-2:], "e3=" + lower[-3:], "e4=" + lower[-4:]]
    near = [f"w={lower}", f"s={form}"]
    close = near + [f"l={name}" for name in lists]
    if word[0].isalpha():
        close.append(f"e={lower[-3:]}")
    return Word(
        lower,
        form,
        tuple(own),
        tuple("-1" + name for name in close),
        tuple("1" + name for name in close),
        tuple("-2" + name for name in near),
        tuple("2" + name for name in near),
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
    cities = gazetteer.city(name)
    if cities:
        people = cities[0].population
        found.append("metropolis" if people >= BIG_CITY else "city" if people >= CITY else "town")
    return tuple(found)


def featured(text: str, start: int, end: int, gazetteer: Gazetteer, lexicon: Lexicon) -> list[Stretch]:
    """The stretches of `text[start:end]` in which a name can stand, with their features.

    A name begins and ends with a capital, so a token without a capital beside it is labelled by nobody: this halves the
    work and costs no name.
    """
    tokens = tokenise(text, start, end)
    parts = sentences(text, tokens)
    places = capitals.capitalised(parts)
    said = _said(tokens, capitals.in_sentences(text, parts, places, "en", gazetteer, lexicon))
    elsewhere = _elsewhere({token.text for token in tokens}, parts, places, said)
    found = []
    for sentence, starts in zip(parts, places, strict=True):
        near = _near_capitals(sentence, starts, elsewhere)
        if near:
            marks = gazetted(text, sentence, starts, gazetteer, lexicon)
            shouting = _shouting(sentence, starts)
            for first, last in near:
                features = _features(sentence, first, last, said, elsewhere, marks, shouting, lexicon)
                found.append(Stretch(sentence[first:last], features))
    return found


def _near_capitals(
    sentence: list[Token], starts: list[int], elsewhere: dict[str, tuple[str, ...]]
) -> list[tuple[int, int]]:
    """The stretches (first, past the last) that have a capital or stand beside one.

    A common word that opens a sentence counts for nothing, unless a capital follows it.
    """
    found: list[tuple[int, int]] = []
    for index in starts:
        if index == 0 and "doclower" in elsewhere[sentence[0].text] and starts[1:2] != [1]:
            continue
        first, last = max(index - BEFORE, 0), min(index + 1 + AFTER, len(sentence))
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _shouting(sentence: list[Token], starts: list[int]) -> bool:
    """Whether more than half of the tokens are words in capitals throughout."""
    half = len(sentence) / 2
    if len(starts) <= half:
        return False
    return sum(len(sentence[index].text) > 1 and sentence[index].text.isupper() for index in starts) > half


def _elsewhere(
    words: set[str], parts: list[list[Token]], places: list[list[int]], said: dict[int, str]
) -> dict[str, tuple[str, ...]]:
    """For each capitalised word, how the article writes it elsewhere and what the rules make of it there."""
    inside: dict[str, int] = {}
    spoken: dict[str, dict[str, int]] = {}
    for sentence, starts in zip(parts, places, strict=True):
        for index in starts:
            token = sentence[index]
            inside[token.text] = inside.get(token.text, 0) + (index > 0)
            if token.start in said:
                kinds = spoken.setdefault(token.text, {})
                kind = said[token.start][2]
                kinds[kind] = kinds.get(kind, 0) + 1
    found: dict[str, tuple[str, ...]] = {}
    for word, times in inside.items():
        features = ["doclower"] if word.lower() in words else []
        if times > 1:
            features.append("docinside")
        if word in spoken:
            kind, count = max(sorted(spoken[word].items()), key=lambda pair: pair[1])
            features.append(f"doc={kind}{min(count, 3)}")
        found[word] = tuple(features)
    return found


def _said(tokens: list[Token], rules: list[Mention]) -> dict[int, str]:
    """Start of a token -> what the rules say of it: `B-P8`, begin of a person, sure by eight tenths."""
    said: dict[int, str] = {}
    at = 0
    for mention in rules:
        while at < len(tokens) and tokens[at].start < mention.start:
            at += 1
        while at < len(tokens) and tokens[at].start < mention.end:
            head = "B" if tokens[at].start == mention.start else "I"
            said[tokens[at].start] = f"{head}-{LETTER[mention.kind]}{int(mention.score * 10)}"
            at += 1
    return said


@lru_cache(maxsize=1_024)
def _hints(hint: str, form: str) -> tuple[str, str]:
    """What the rules say of a word of that shape."""
    return "h=" + hint, f"hs={hint[:3]}{form}"


def _features(
    sentence: list[Token],
    first: int,
    last: int,
    said: dict[int, str],
    elsewhere: dict[str, tuple[str, ...]],
    marks: dict[int, tuple[str, ...]],
    shouting: bool,
    lexicon: Lexicon,
) -> list[list[str]]:
    """The features of the tokens `first` up to `last`."""
    count = len(sentence)
    words = [word_features(token.text, lexicon) for token in sentence[max(first - 2, 0) : last + 2]]
    words = EDGES[min(first, 2) :] + words + EDGES[: max(last + 2 - count, 0)]  # two beside each of the stretch
    found = []
    for index in range(first, last):
        token = sentence[index]
        second, before, word, after, second_after = words[index - first : index - first + 5]
        features = [
            *word.own,
            *before.before,
            *after.after,
            *second.second_before,
            *second_after.second_after,
            *elsewhere.get(token.text, ()),
            *_hints(said.get(token.start, "-"), word.shape),
        ]
        if index in marks:
            features += ["g=" + mark for mark in marks[index]]
        if index:
            previous = sentence[index - 1]
            features += (
                f"ss={before.shape}|{word.shape}|{after.shape}",
                f"ww={before.lower}|{after.lower}",
                "-1h=" + said.get(previous.start, "-")[:3],
            )
            if index - 1 in marks:
                features += ["-1g=" + mark for mark in marks[index - 1]]
            if previous.end == token.start:
                features.append("tight")
        else:
            features.append("first")
        if index + 1 < count:
            features.append("1h=" + said.get(sentence[index + 1].start, "-")[:3])
            if index + 1 in marks:
                features += ["1g=" + mark for mark in marks[index + 1]]
        if shouting:
            features.append("shouting")
        found.append(features)
    return found


class Model:
    """A trained tagger. Loaded once per worker; the file is read by the library itself."""

    def __init__(self, file: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(file))

    def recognise(self, text: str, start: int, end: int, gazetteer: Gazetteer, lexicon: Lexicon) -> Iterator[Mention]:
        """Mentions in `text[start:end]`, in order; the score is the mean marginal probability of the labels."""
        for sentence in featured(text, start, end, gazetteer, lexicon):
            labels = self._tagger.tag(sentence.features)
            for first, last in spans(labels):
                chances = [self._tagger.marginal(labels[at], at) for at in range(first, last)]
                left, right = sentence.tokens[first].start, sentence.tokens[last - 1].end
                yield Mention(left, right, LABELS[labels[first][2]], text[left:right], sum(chances) / len(chances))


def spans(labels: list[str]) -> Iterator[tuple[int, int]]:
    """(first, past the last) token of each labelled run."""
    start: int | None = None
    for index, label in enumerate([*labels, "-"]):
        if start is not None and (label[0] != "I" or label[2] != labels[start][2]):
            yield start, index
            start = None
        if start is None and label[0] in "BI":
            start = index
