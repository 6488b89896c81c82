"""Keyword fields as filter terms: the values by which an article answers to `lang:`, `source:`, `entity:` and so on.

Values are exact but folded, so that case and accents need not be typed. A tag answers to its language too (`lang:zh`
finds zh-Hant), a source to its id and its name, an entity to its name and its id, a site to its name and its host.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.searchindex import words
from shared.searchindex.document import Document

MAX_VALUE = 1024  # code points of a folded value; what is longer is cut alike in documents and queries


def folded(field: str, value: str) -> str:
    """A value of a keyword field as it is compared."""
    value = " ".join(words.folded(part) for part in value.split())
    if field == "url":  # http or https, with or without the last slash
        value = value.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return value[:MAX_VALUE]


def term(field: str, value: str) -> str:
    """What a document with this value holds, and a filter for it looks up."""
    return f"{field}:{folded(field, value)}"


def terms(document: Document) -> list[str]:
    """Every filter term of a document, each once."""
    return list(dict.fromkeys(term(field, value) for field, value in _values(document) if value))


def _values(document: Document) -> Iterator[tuple[str, str]]:
    article = document.article
    yield "url", document.url
    yield "lang", document.lang
    yield "lang", document.lang.partition("-")[0]
    yield "source", document.source
    yield "source", article.source.name
    yield "country", document.country
    yield "site", document.site
    yield "site", _host(document.url)
    yield "agency", document.agency
    yield from (("author", author) for author in document.authors)
    yield from (("entity", entity) for entity in document.entities)
    yield from (
        ("entity", entity.id) for entity in article.entities if entity.id and not entity.id.startswith("local:")
    )
    yield from (("keyphrase", keyphrase) for keyphrase in document.keyphrases)
    yield from (("topic", topic) for topic in document.topics)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # a bracket that is no IPv6 address
        return ""
