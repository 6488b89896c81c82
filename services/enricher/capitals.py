"""Names by their capitals: rules for the languages that write names, and little else, with a capital.

Runs of capitalised words (with the particles that join names) are looked up and classified by what the lists, a title
before them or a preposition say. What nothing speaks for is left out: a wrong entity does more harm than a missing one.
"""

from functools import lru_cache

from services.enricher import inflection
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer
from services.enricher.keyphrases import frequencies
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Kind, Mention
from services.enricher.tokens import Token, sentences, tokenise

JOINERS = frozenset(
    "of de da do dos das del della delle dei degli di du des la le les los las el al van von der den ter ten zu zur "
    "bin bint ibn ben ould for and &".split()
)
INSIDE_ORGANISATIONS = frozenset({"of", "for", "and", "&", "the"})
PLACE_PREPOSITIONS = frozenset(
    "in at near from to in aus nach bei à au aux en dans depuis a en desde hacia em na no nas nos para da do dalla "
    "nella i på från til fra w we z ze do v ve z do na в во из на у у в з із до".split()
)
NOUNS_ARE_CAPITALISED = frozenset({"de", "lb", "nds"})
OPENS_SENTENCES = 0.03  # share of documents with a word that makes it no name at the start of a sentence
LATIN = "\u024f"  # Cyrillic, Greek and Armenian papers capitalise both words of a person, seldom of anything else
TOWN, MILLION = 50_000, 1_000_000  # people; Paris and Berlin are given names, too
SUFFIXED = frozenset({"tr", "az"})  # endings of names stand behind an apostrophe
SURE_PLACE = 0.8
SHOUTED = 0.8  # share of capitalised tokens
LONGEST = 6  # words of a gazetteer name


def is_capital(word: str) -> bool:
    """Begins like a name."""
    return word[0].isupper()


def recognise(text: str, start: int, end: int, lang: str, gazetteer: Gazetteer, lexicon: Lexicon) -> list[Mention]:
    """Mentions in `text[start:end]`, in order, without overlaps."""
    tokens = tokenise(text, start, end)
    if lang in SUFFIXED:
        tokens = [_without_suffix(token) for token in tokens]
    parts = sentences(text, tokens)
    return in_sentences(text, parts, capitalised(parts), lang, gazetteer, lexicon)


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
    for sentence, starts in zip(parts, capitals, strict=True):
        if len(starts) > SHOUTED * len(sentence) > 5:
            continue  # a headline in capitals says nothing about names
        done = 0
        for index in starts:
            if index >= done:
                done = _run(text, sentence, index)
                found += _parts(text, sentence, index, done, lower, lang, gazetteer, lexicon)
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
                sentence[ahead].text.lower() in JOINERS
                or (sentence[ahead].text in ("-", "–") and _tight(sentence, ahead))
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


def _tight(sentence: list[Token], index: int) -> bool:
    """A hyphen without spaces around it."""
    if index + 1 >= len(sentence):
        return False
    return sentence[index - 1].end == sentence[index].start and sentence[index].end == sentence[index + 1].start


def _parts(
    text: str,
    sentence: list[Token],
    start: int,
    stop: int,
    lower: set[str],
    lang: str,
    gazetteer: Gazetteer,
    lexicon: Lexicon,
) -> list[Mention]:
    """Cuts a run into titles, names that the lists know, and one rest."""
    found: list[Mention] = []
    titled = False
    index = rest = start
    while index < stop:
        word = sentence[index].text
        known = _longest_known(text, sentence, index, stop, lang, gazetteer, lexicon)
        if known is not None and not _is_surname(sentence, index, known, stop, titled and rest == index, lang, lexicon):
            end, kind, score = known
            found += _rest(text, sentence, rest, index, titled, lower, lang, lexicon)
            left, right = sentence[index].start, sentence[end - 1].end
            found.append(Mention(left, right, kind, text[left:right], score))
            titled = titled and kind == "place"  # Президент России Владимир Путин
            index = rest = end
            continue
        title = _title(text, sentence, index, stop, lexicon)
        if title or word in lexicon.no_entities or word in ("The", "A", "An"):
            found += _rest(text, sentence, rest, index, titled, lower, lang, lexicon)
            titled = bool(title) or (titled and word not in lexicon.no_entities)
            index = rest = title or index + 1
            continue
        index += 1
    before = sentence[start - 1].text if start else ""
    titled = titled or (rest == start and before in lexicon.titles)
    return found + _rest(text, sentence, rest, stop, titled, lower, lang, lexicon)


def _title(text: str, sentence: list[Token], index: int, stop: int, lexicon: Lexicon) -> int:
    for end in range(min(stop, index + 4), index, -1):
        if text[sentence[index].start : sentence[end - 1].end] in lexicon.titles and end < stop:
            return end
    return 0


def _is_surname(
    sentence: list[Token],
    start: int,
    known: tuple[int, Kind, float],
    end: int,
    titled: bool,
    lang: str,
    lexicon: Lexicon,
) -> bool:
    """A listed name that here is a person's, or no name: `Paris` in `Paris Hilton`, `Dort` (German: there)."""
    stop, kind, score = known
    if titled and kind == "place" and stop == end:
        return True
    if stop - start != 1:
        return False
    word = sentence[start].text
    if start == 0 and score < SURE_PLACE and frequencies(lang).is_common(word.casefold(), OPENS_SENTENCES):
        return True
    before = sentence[start - 1].text if start else ""
    after = sentence[stop].text if stop < end else ""
    return before in lexicon.given_names or (word in lexicon.given_names and after in lexicon.surnames)


def _longest_known(
    text: str, sentence: list[Token], start: int, stop: int, lang: str, gazetteer: Gazetteer, lexicon: Lexicon
) -> tuple[int, Kind, float] | None:
    for end in range(min(stop, start + LONGEST), start, -1):
        if sentence[end - 1].text.lower() in JOINERS:
            continue
        name = text[sentence[start].start : sentence[end - 1].end]
        kind = listed(name, lang, gazetteer, lexicon)
        if kind is not None:
            return end, *kind
    return None


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
    if name.isupper() and len(name) < 4:
        return None
    cities = gazetteer.city(name)
    least = MILLION if name in lexicon.given_names else TOWN
    if cities and cities[0].population >= least and len(name) > 3:
        return "place", 0.75
    if name not in lexicon.given_names and inflection.place(name, lang, gazetteer) is not None:
        return "place", 0.6
    return None


def _rest(
    text: str, sentence: list[Token], start: int, stop: int, titled: bool, lower: set[str], lang: str, lexicon: Lexicon
) -> list[Mention]:
    """The mention that a run is when no list knows it whole, or none."""
    while start < stop and sentence[start].text.lower() in JOINERS | {"the", "-", "–"}:
        start += 1
    while start < stop and sentence[stop - 1].text.lower() in JOINERS | {"the", "-", "–"}:
        stop -= 1
    if start >= stop:
        return []
    if (
        start == 0
        and stop - start > 1
        and (
            sentence[0].text.lower() in lower
            or frequencies(lang).is_common(sentence[0].text.casefold(), OPENS_SENTENCES)
        )
        and sentence[0].text not in lexicon.given_names
    ):
        return _rest(text, sentence, 1, stop, titled, lower, lang, lexicon)
    tokens = [token.text for token in sentence[start:stop]]
    span = sentence[start].start, sentence[stop - 1].end
    name = text[span[0] : span[1]]
    kind = _classified(tokens, titled, sentence[start - 1].text if start else "", start == 0, lower, lang, lexicon)
    return [Mention(*span, kind[0], name, kind[1])] if kind else []


def _classified(
    tokens: list[str], titled: bool, before: str, first: bool, lower: set[str], lang: str, lexicon: Lexicon
) -> tuple[Kind, float] | None:
    capitals = [token for token in tokens if is_capital(token)]
    if any(token in lexicon.organisation_words for token in (tokens[0], tokens[-1])) and len(capitals) > 1:
        return "organisation", 0.8
    if any(token.lower() in INSIDE_ORGANISATIONS for token in tokens):
        return ("organisation", 0.5) if any(token in lexicon.organisation_words for token in tokens) else None
    if titled and len(capitals) <= 4:
        return "person", 0.85
    if any(token in lexicon.place_words for token in (tokens[0], tokens[-1])) and len(capitals) > 1:
        return "place", 0.7
    if 2 <= len(capitals) <= 5 and capitals[0] in lexicon.given_names:
        return "person", 0.8 if capitals[-1] in lexicon.surnames else 0.7
    if len(tokens) == 1 and tokens[0].isupper() and 2 < len(tokens[0]) <= 6 and tokens[0].isalpha():
        return "organisation", 0.5
    if lang in NOUNS_ARE_CAPITALISED:
        return None
    if 2 <= len(capitals) <= 4 and any(token in lexicon.surnames for token in capitals[1:]):
        return "person", 0.6
    if (
        len(capitals) in (2, 3)
        and len(tokens) == len(capitals)
        and not first
        and not tokens[0].isupper()
        and tokens[0][0] > LATIN
    ):
        return "person", 0.5
    if before.lower() in PLACE_PREPOSITIONS and not first and len(capitals) <= 2 and tokens[0].lower() not in lower:
        return "place", 0.35
    return None
