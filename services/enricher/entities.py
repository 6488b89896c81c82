"""Finds the mentions of an article, by the means that its language allows.

English goes through the trained model; other languages that write names with a capital through the rules; scripts
without capitals through a scan for listed names. A model that the operator installed for a language comes first.
"""

from collections import Counter
from pathlib import Path

from services.enricher import capitals, coreference, countrynames, edges
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Mention, without_overlaps
from services.enricher.optional import Recogniser
from services.enricher.scan import Scanner
from services.enricher.sequence import Model

ENGLISH_MODEL = Path(__file__).parent / "data" / "english.crf"


def mentions(
    text: str,
    runs: list[tuple[int, int]],
    lang: str,
    gazetteer: Gazetteer,
    lexicon: Lexicon,
    model: Model,
    scanner: Scanner,
    installed: dict[str, Recogniser] | None = None,
) -> list[Mention]:
    """Mentions in the given runs of `text`, in order, without overlaps; one name has one type in the whole article."""
    found: list[Mention] = []
    for start, end in runs:
        if installed and lang in installed:
            found += installed[lang](text, start, end)
        elif lang == "en":
            found += model.recognise(text, start, end, gazetteer, lexicon)
        elif scanner.reads(text, start, end):
            found += scanner.recognise(text, start, end, lang)
        else:
            found += capitals.recognise(text, start, end, lang, gazetteer, lexicon)
    names = [name for start, end in runs for name in countrynames.whole(text, start, end, lang)]
    clean = [one for one in (edges.trimmed(text, mention, lexicon) for mention in found) if one is not None]
    found = [one for one in countrynames.instead(without_overlaps(clean), names) if not is_people(one, lexicon)]
    found = coreference.same_kind(without_headings(text, found))
    return sorted(found + coreference.last_names(text, found, runs, lexicon))


def is_people(mention: Mention, lexicon: Lexicon) -> bool:
    """`Russian`, `North Koreans`: a people is no place, and nothing else by itself."""
    *before, last = mention.text.replace("-", " ").split()
    by_itself = mention.text in lexicon.peoples or (last in lexicon.peoples and not before)
    return by_itself or (last in lexicon.peoples and mention.kind == "place")


def without_headings(text: str, found: list[Mention]) -> list[Mention]:
    """Without the people of one word that is a line of its own and stands nowhere else: `Fares`, over what it costs."""
    times = Counter(one.text for one in found)
    return [
        one
        for one in found
        if one.kind != "person" or " " in one.text or times[one.text] > 1 or not _is_line(text, one.start, one.end)
    ]


def _is_line(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")
