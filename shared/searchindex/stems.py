"""Words to stems, for the languages that tantivy ships a Snowball stemmer for (https://snowballstem.org)."""

from functools import cache, lru_cache
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


@lru_cache(1 << 17)  # words repeat, and most of a stemmer's time is the way to it
def _stem(written: str, stemmer: str) -> str:
    """Stemmers know their language's accents, so they see the word as written, in lower case; the stem is folded."""
    found = _analyzer(stemmer).analyze(normalize("NFC", written).lower())
    return fold(found[0]) if found else ""


def stems(text: str, found: list[Atom], lang: str) -> list[str]:
    """One term for each atom of a text in this language: its folded stem, or '' where there is no stemmer for it."""
    stemmer = STEMMERS.get(language(lang))
    return ["" if stemmer is None or one.dense else _stem(text[one.start : one.end], stemmer) for one in found]
