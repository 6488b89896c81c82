"""Names by their capitals: rules for the languages that write names, and little else, with a capital.

Runs of capitalised words (with the particles that join names) are looked up and classified by what the lists, a title
before them or a preposition say. What nothing speaks for is left out: a wrong entity does more harm than a missing one.
"""

import re

from services.enricher.gazetteer import Gazetteer
from services.enricher.keyphrases import frequencies
from services.enricher.lexicon import Lexicon
from services.enricher.listed import (
    NOUNS_ARE_CAPITALISED,
    PLACE_PREPOSITIONS,
    SURE_PLACE,
    Listed,
    Reading,
    is_ordinary,
    is_other,
    listed,
    opens,
    tight,
)
from services.enricher.mentions import Kind, Mention
from services.enricher.tokens import Token, sentences, tokenise

JOINERS = frozenset(
    "of de da do dos das del della delle dei degli di du des la le les los las el al van von der den ter ten zu zur "
    "bin bint ibn ben ould for and &".split()
)
ARTICLES = frozenset("der den ter ten la le les las los zu zur".split())  # join names after another joiner only
INSIDE_ORGANISATIONS = frozenset({"of", "for", "and", "&", "the"})
AROUND = JOINERS | {"the", "-", "–"}  # no name begins or ends with these
EVERYWHERE = 0.2  # share of documents with a given name that is a small word of the language: `In`, `Sie`, not `Donald`
CYRILLIC = re.compile("[\u0400-\u04ff]")  # Cyrillic papers capitalise both words of a person, seldom of anything else
SUFFIXED = frozenset({"tr", "az"})  # endings of names stand behind an apostrophe
SHOUTED = 0.8  # share of capitalised tokens
LONGEST = 6  # words of a listed name


def is_capital(word: str) -> bool:
    """Begins like a name."""
    return word[0].isupper()


def recognise(text: str, start: int, end: int, lang: str, gazetteer: Gazetteer, lexicon: Lexicon) -> list[Mention]:
    """Mentions in `text[start:end]`, in order, without overlaps."""
    tokens = tokenise(text, start, end)
    if lang in SUFFIXED:
        tokens = [_without_suffix(token) for token in tokens]
    parts = sentences(text, tokens)
    return _people_first(in_sentences(text, parts, capitalised(parts), lang, gazetteer, lexicon))


def _people_first(mentions: list[Mention]) -> list[Mention]:
    """Without the towns that have the family name of somebody whose full name stands there, too: Lewis Hamilton's."""
    families = {one.text.split()[-1] for one in mentions if one.kind == "person" and " " in one.text}
    return [one for one in mentions if one.kind != "place" or one.score >= SURE_PLACE or one.text not in families]


def capitalised(parts: list[list[Token]]) -> list[list[int]]:
    """Where in each sentence the tokens with a capital stand."""
    return [[index for index, token in enumerate(sentence) if token.text[0].isupper()] for sentence in parts]


def _without_suffix(token: Token) -> Token:
    """`Ankara` of `Ankara'da`."""
    cut = min((at for at in map(token.text.find, "'’") if at > 0), default=len(token.text))
    return Token(token.text[:cut], token.start, token.start + cut)


def in_sentences(
    text: str,
    parts: list[list[Token]],
    capitals: list[list[int]],
    lang: str,
    gazetteer: Gazetteer,
    lexicon: Lexicon,
) -> list[Mention]:
    """The same for sentences that are cut already, with what `capitalised` says of them."""
    found: list[Mention] = []
    lower = {token.text for sentence in parts for token in sentence if token.text.islower()}
    reading = Reading(lang, lower, gazetteer, lexicon)
    for sentence, starts in zip(parts, capitals, strict=True):
        if len(starts) > SHOUTED * len(sentence) > 5:
            continue  # a headline in capitals says nothing about names
        done = 0
        for index in starts:
            if index >= done:
                done = _run(text, sentence, index)
                found += _parts(text, sentence, index, done, reading)
    return found


def _run(text: str, sentence: list[Token], start: int) -> int:
    """The end of the run of capitalised words that starts here, joiners inside included."""
    stop = start + 1
    while stop < len(sentence):
        token = sentence[stop]
        if is_capital(token.text) and (token.start - sentence[stop - 1].end <= 1):
            stop += 1
            continue
        ahead = stop
        while (
            ahead < len(sentence)
            and ahead - stop < 3
            and (
                (sentence[ahead].text in JOINERS and (ahead > stop or sentence[ahead].text not in ARTICLES))
                or (sentence[ahead].text in ("-", "–") and tight(sentence, ahead))
            )
        ):
            ahead += 1
        joined = ahead > stop and ahead < len(sentence)
        after_hyphen = joined and sentence[ahead - 1].text == "-"
        if joined and (
            is_capital(sentence[ahead].text)
            or (
                after_hyphen and sentence[ahead].text.isalpha() and ahead - stop == 1 and len(sentence[ahead].text) <= 5
            )
        ):
            stop = ahead + 1
            continue
        break
    return stop


def _parts(text: str, sentence: list[Token], start: int, stop: int, reading: Reading) -> list[Mention]:
    """Cuts a run into titles, names that the lists know, and one rest."""
    lexicon = reading.lexicon
    found: list[Mention] = []
    titled = False
    index = rest = start
    while index < stop:
        word = sentence[index].text
        known = _longest_known(text, sentence, index, stop, reading)
        if known is not None and not is_other(sentence, index, stop, known, titled and rest == index, reading):
            end, kind, score = known
            found += _rest(text, sentence, rest, index, titled, reading)
            left, right = sentence[index].start, sentence[end - 1].end
            found.append(Mention(left, right, kind, text[left:right], score))
            titled = titled and kind == "place"  # Президент России Владимир Путин
            index = rest = end
            continue
        title = _title(text, sentence, index, stop, lexicon)
        if title or word in lexicon.no_entities or word in ("The", "A", "An"):
            found += _rest(text, sentence, rest, index, titled, reading)
            titled = bool(title) or (titled and word not in lexicon.no_entities)
            index = rest = title or index + 1
            continue
        index += 1
    before = sentence[start - 1].text if start else ""
    titled = titled or (rest == start and before in lexicon.titles)
    return found + _rest(text, sentence, rest, stop, titled, reading)


def _title(text: str, sentence: list[Token], index: int, stop: int, lexicon: Lexicon) -> int:
    for end in range(min(stop, index + 4), index, -1):
        if text[sentence[index].start : sentence[end - 1].end] in lexicon.titles and end < stop:
            return end
    return 0


def _longest_known(text: str, sentence: list[Token], start: int, stop: int, reading: Reading) -> Listed | None:
    if not is_capital(sentence[start].text):
        return None
    for end in range(min(stop, start + LONGEST), start, -1):
        if sentence[end - 1].text.lower() in JOINERS or sentence[end - 1].text in "-–":
            continue
        name = text[sentence[start].start : sentence[end - 1].end]
        kind = listed(name, reading.lang, reading.gazetteer, reading.lexicon)
        if kind is not None:
            return end, *kind
    return None


def _rest(text: str, sentence: list[Token], start: int, stop: int, titled: bool, reading: Reading) -> list[Mention]:
    """The mention that a run is when no list knows it whole, or none."""
    while start < stop and sentence[start].text.lower() in AROUND:
        start += 1
    while start < stop and sentence[stop - 1].text.lower() in AROUND:
        stop -= 1
    if start >= stop:
        return []
    if (
        stop - start > 1
        and opens(sentence, start)
        and is_ordinary(sentence[start].text, reading)
        and not _is_given(sentence[start].text, reading)
    ):
        return _rest(text, sentence, start + 1, stop, titled, reading)
    tokens = [token.text for token in sentence[start:stop]]
    span = sentence[start].start, sentence[stop - 1].end
    name = text[span[0] : span[1]]
    kind = _classified(tokens, titled, sentence[start - 1].text if start else "", start == 0, reading)
    if kind is None or (kind[0] == "person" and len(tokens) > 1 and " " not in name):  # Corona-Krise
        return []
    return [Mention(*span, kind[0], name, kind[1])]


def _is_given(word: str, reading: Reading) -> bool:
    """A given name, and no small word of this language: `In`, `Sie`, `Um`."""
    if word not in reading.lexicon.given_names or word.lower() in reading.lower:
        return False
    return not frequencies(reading.lang).is_common(word.casefold(), EVERYWHERE)


def _classified(
    tokens: list[str], titled: bool, before: str, first: bool, reading: Reading
) -> tuple[Kind, float] | None:
    """What a name is that no list knows, by its words and what stands before it."""
    lexicon = reading.lexicon
    capitals = [token for token in tokens if is_capital(token)]
    if any(token in lexicon.organisation_words for token in (tokens[0], tokens[-1])) and len(capitals) > 1:
        return "organisation", 0.8
    if any(token.lower() in INSIDE_ORGANISATIONS for token in tokens):
        return ("organisation", 0.5) if any(token in lexicon.organisation_words for token in tokens) else None
    if titled and len(capitals) <= 4:
        return "person", 0.85
    if any(token in lexicon.place_words for token in (tokens[0], tokens[-1])) and len(capitals) > 1:
        return "place", 0.7
    if 2 <= len(capitals) <= 5 and _is_given(capitals[0], reading):
        return "person", 0.8 if capitals[-1] in lexicon.surnames else 0.7
    if len(tokens) == 1 and tokens[0].isupper() and 2 < len(tokens[0]) <= 6 and tokens[0].isalpha():
        return None if is_ordinary(tokens[0], reading) else ("organisation", 0.5)
    if reading.lang in NOUNS_ARE_CAPITALISED:
        return None
    if (
        2 <= len(capitals) <= 4
        and any(token in lexicon.surnames for token in capitals[1:])
        and not is_ordinary(capitals[0], reading)
    ):
        return "person", 0.6
    if (
        len(capitals) in (2, 3)
        and len(tokens) == len(capitals)
        and not first
        and not tokens[0].isupper()
        and CYRILLIC.match(tokens[0])
        and not any(is_ordinary(token, reading) for token in tokens)
    ):
        return "person", 0.5
    if before.lower() in PLACE_PREPOSITIONS and len(capitals) <= 2 and len(tokens[0]) > 2 and not tokens[0].isupper():
        return None if any(is_ordinary(token, reading) for token in tokens) else ("place", 0.35)
    return None
