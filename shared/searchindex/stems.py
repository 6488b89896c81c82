"""Words to stems, for the languages that tantivy ships a Snowball stemmer for (https://snowballstem.org)."""

from functools import cache
from unicodedata import normalize

import tantivy

from shared.searchindex.words import Atom, fold

STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


def language(tag: str) -> str:
    """The primary language of a BCP 47 tag: `pt` of `pt-BR`."""
    return tag.partition("-")[0].lower()


@cache
def _analyzer(stemmer: str) -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return words.filter(tantivy.Filter.stemmer(stemmer)).build()


def stems(text: str, found: list[Atom], lang: str) -> list[str]:
    """One term for each atom of a text in this language: its folded stem, or '' where there is no stemmer for it.

    Stemmers know their language's accents, so they see the word as written, in lower case; only the stem is folded.
    """
    stemmer = STEMMERS.get(language(lang))
    if stemmer is None or not found:
        return [""] * len(found)
    written = ["-" if one.dense else normalize("NFC", text[one.start : one.end]).lower() for one in found]
    stemmed = _analyzer(stemmer).analyze(" ".join(written))
    return ["" if one.dense else fold(stem) for one, stem in zip(found, stemmed, strict=True)]
