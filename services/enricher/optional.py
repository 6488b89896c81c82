"""Models that the operator installed: spaCy pipelines and Natasha, each for one language.

`WIREROOM_ENRICH_MODELS=de=spacy:de_core_news_sm,ru=natasha` sends German and Russian through them instead of the rules.
Neither is a dependency; a model that is named and not installed is an error at the start, not a silent fall-back.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from services.enricher.mentions import Kind, Mention

Recogniser = Callable[[str, int, int], Iterable[Mention]]  # text, start, end
SURE = 0.8  # neither library says how sure it is
LABELS: dict[str, Kind] = {
    "PER": "person",
    "PERSON": "person",
    "ORG": "organisation",
    "LOC": "place",
    "GPE": "place",
}


class ModelError(ValueError):
    """A model that the settings name cannot be used. The message says what to install or to change."""


def load(chosen: tuple[str, ...]) -> dict[str, Recogniser]:
    """Language -> recogniser, for settings like `de=spacy:de_core_news_sm` and `ru=natasha`.

    Raises:
        ModelError: the setting is not of that form, or the package is not installed.
    """
    found: dict[str, Recogniser] = {}
    for one in chosen:
        lang, _, what = one.partition("=")
        library, _, name = what.partition(":")
        if not lang or library not in ("spacy", "natasha") or (library == "spacy") != bool(name):
            raise ModelError(f"WIREROOM_ENRICH_MODELS: {one!r} is neither LANG=spacy:PIPELINE nor LANG=natasha")
        try:
            found[lang] = spacy_recogniser(_pipeline(name)) if library == "spacy" else natasha_recogniser()
        except (ImportError, OSError) as error:
            raise ModelError(f"WIREROOM_ENRICH_MODELS: {one!r} is not installed ({error})") from None
    return found


def _pipeline(name: str) -> Any:
    return importlib.import_module("spacy").load(name, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])


def spacy_recogniser(pipeline: Any) -> Recogniser:
    """A spaCy pipeline that sets `doc.ents`, as a recogniser."""

    def recognise(text: str, start: int, end: int) -> Iterable[Mention]:
        for entity in pipeline(text[start:end]).ents:
            if entity.label_ in LABELS:
                left, right = start + entity.start_char, start + entity.end_char
                yield Mention(left, right, LABELS[entity.label_], text[left:right], SURE)

    return recognise


def natasha_recogniser() -> Recogniser:
    """Natasha's Russian news model, which its package ships, as a recogniser."""
    natasha = importlib.import_module("natasha")
    segmenter, tagger = natasha.Segmenter(), natasha.NewsNERTagger(natasha.NewsEmbedding())

    def recognise(text: str, start: int, end: int) -> Iterable[Mention]:
        document = natasha.Doc(text[start:end])
        document.segment(segmenter)
        document.tag_ner(tagger)
        for span in document.spans:
            left, right = start + span.start, start + span.stop
            yield Mention(left, right, LABELS[span.type], text[left:right], SURE)

    return recognise
