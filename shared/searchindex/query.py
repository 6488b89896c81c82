"""What can be asked of a search index and what comes back: our own types, so that no engine's language leaks out."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.searchindex.document import Document

# Fields that a query text may name: `title:`, `lang:` and so on.
TEXT_FIELDS = ("title", "text")
KEYWORD_FIELDS = ("lang", "source", "country", "entity", "topic", "author", "site", "keyphrase", "agency", "url")
FACET_FIELDS = ("lang", "source", "country", "entity", "keyphrase")


class Word(Struct, frozen=True, tag=True):
    """One word, in the title or the text, or in `field` alone."""

    text: str
    field: str = ""


class Phrase(Struct, frozen=True, tag=True):
    """These words in this order."""

    text: str
    field: str = ""


class Keyword(Struct, frozen=True, tag=True):
    """An exact value of a keyword field."""

    field: str
    value: str


class All(Struct, frozen=True, tag=True):
    """Every part must match."""

    parts: tuple["Node", ...]


class Some(Struct, frozen=True, tag=True):
    """At least one part must match."""

    parts: tuple["Node", ...]


class Not(Struct, frozen=True, tag=True):
    """The part must not match."""

    part: "Node"


Node = Word | Phrase | Keyword | All | Some | Not


def ranks(node: Node | None) -> bool:
    """Whether this asks for more than a set of documents: whether relevance can order what it finds."""
    if isinstance(node, All | Some):
        return any(ranks(part) for part in node.parts)
    return isinstance(node, Word | Phrase)


class Query(Struct, frozen=True, kw_only=True):
    """A search. `since` is inclusive and `until` exclusive, over the time an article was published, or first seen."""

    root: Node | None = None  # None: everything
    since: datetime | None = None
    until: datetime | None = None
    sort: Literal["relevance", "newest", "oldest"] = "relevance"  # newest first where nothing ranks
    size: int = 20
    cursor: str = ""  # `Results.cursor` of the page before
    facets: tuple[str, ...] = ()
    facet_size: int = 20


class BadCursor(ValueError):
    """The cursor is not one of ours, or belongs to another query."""


class Bucket(Struct, frozen=True):
    value: str
    count: int


class Snippet(Struct, frozen=True):
    """Text with the half-open code-point ranges that matched. Plain text: whoever renders it escapes it."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Hit(Struct, frozen=True, kw_only=True):
    document: Document
    score: float = 0.0
    title: Snippet
    snippet: Snippet


class Results(Struct, frozen=True, kw_only=True):
    """One page of hits. `cursor` is empty on the last page."""

    total: int
    hits: tuple[Hit, ...] = ()
    facets: dict[str, tuple[Bucket, ...]] = {}
    cursor: str = ""
