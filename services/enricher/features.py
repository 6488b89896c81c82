"""The features of tokens that may be part of a name, as the sequence model takes them."""

from dataclasses import dataclass
from functools import lru_cache

from services.enricher import capitals
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Kind, Mention
from services.enricher.tokens import Token, sentences, tokenise
from services.enricher.wordfeatures import EDGES, gazetted, word_features

LETTER: dict[Kind, str] = {"person": "P", "organisation": "O", "place": "L"}
BEFORE, AFTER = 1, 2  # tokens kept beside a capital


@dataclass(frozen=True)
class Stretch:
    """Neighbouring tokens of one sentence and the features of each."""

    tokens: list[Token]
    features: list[list[str]]


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
            second.second_before,
            second_after.second_after,
            *elsewhere.get(token.text, ()),
            *_hints(said.get(token.start, "-"), word.shape),
        ]
        if index in marks:
            features += ["g=" + mark for mark in marks[index]]
        if index:
            previous = sentence[index - 1]
            features += (
                f"ss={before.shape}|{word.shape}|{after.shape}",
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
