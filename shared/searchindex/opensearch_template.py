"""The index template: settings and strict mapping of the monthly indices, behind one alias.

Title and text are read twice. `words` is our own reading (`shared.searchindex.reading`), the same as in the embedded
index, so that both find the same articles: it is what our searches ask. `title.<lang>` and `text.<lang>` are the
server's analysis for the language of the document, which is what dashboards and other people's queries ask; a language
without an analyzer of its own goes to `other`, which ICU reads. The article itself is in `document`, kept, not indexed.
"""

from typing import Any

from shared.searchindex import reading

VERSION = 1  # raised with every change of the template, so that a sink never writes into indices of another
ANALYZERS = {
    "ar": "arabic",
    "bg": "bulgarian",
    "bn": "bengali",
    "ca": "catalan",
    "ckb": "sorani",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "gl": "galician",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "lv": "latvian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
OTHER = "other"
LONGEST_KEYWORD = 8_000  # code points; Lucene refuses terms over 32,766 bytes, and a code point has up to four

_KEYWORD = {"type": "keyword", "ignore_above": LONGEST_KEYWORD}
_HIDDEN = ("words.*", "title.*", "text.*", "filter")  # not in _source: all of it is made of `document`


def _by_language() -> dict[str, Any]:
    languages = {lang: {"type": "text", "analyzer": analyzer} for lang, analyzer in ANALYZERS.items()}
    return {"dynamic": "strict", "properties": languages | {OTHER: {"type": "text", "analyzer": "icu"}}}


def mapping() -> dict[str, Any]:
    """Every field of a document; one that is not here is refused."""
    return {
        "dynamic": "strict",
        "_meta": {"template_version": VERSION},
        "_source": {"excludes": list(_HIDDEN)},
        "properties": {
            "revision": {"type": "long"},
            "generation": {"type": "integer"},
            "live": {"type": "boolean"},
            "arrival": {"type": "long"},  # epoch milliseconds of the first write, kept through every edit
            "order": {"type": "keyword"},  # time and id: what newest-first sorts by
            "time": {"type": "date"},
            "day": {"type": "date", "format": "strict_date"},
            "first_seen_at": {"type": "date"},
            "filter": {"type": "keyword", "doc_values": False, "ignore_above": LONGEST_KEYWORD},
            "url": _KEYWORD,
            "lang": _KEYWORD,
            "source": _KEYWORD,
            "site": _KEYWORD,
            "country": _KEYWORD,
            "author": _KEYWORD,
            "entity": _KEYWORD,
            "keyphrase": _KEYWORD,
            "topic": _KEYWORD,
            "agency": _KEYWORD,
            "words": {
                "dynamic": "strict",
                "properties": {name: {"type": "text", "analyzer": "terms"} for name in reading.FIELDS},
            },
            "title": _by_language(),
            "text": _by_language(),
            "document": {"type": "object", "enabled": False},
        },
    }


def template(alias: str, *, shards: int = 1, replicas: int = 0, refresh_seconds: float = 5.0) -> dict[str, Any]:
    """The index template for the indices `<alias>-2026.11` behind the read alias `<alias>`.

    Args:
        refresh_seconds: how long a written article may stay unseen by searches.
    """
    settings = {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": f"{round(refresh_seconds * 1000)}ms",
        "codec": "best_compression",
        "analysis": {
            "analyzer": {
                "terms": {"type": "custom", "tokenizer": "whitespace"},
                "icu": {"type": "custom", "tokenizer": "icu_tokenizer", "filter": ["icu_folding"]},
            }
        },
    }
    return {
        "index_patterns": [f"{alias}-*"],
        "version": VERSION,
        "template": {"settings": settings, "mappings": mapping(), "aliases": {alias: {}}},
    }
