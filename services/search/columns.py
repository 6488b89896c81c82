"""An article as a row of a table: its columns, their types, and what an empty one means.

Columns are added at the end and never change. What stands in lists within lists (blocks, segments, what was removed,
provenance of every field) is in the JSON lines.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

import msgspec

from shared.messages import Dateline, Entity, PageTime, Provenance
from shared.searchindex.document import Document

DAY = len("2026-11-22")
# How each type is called in Parquet's and Arrow's schema is in `parquet.py`.
Kind = Literal["text", "integer", "number", "instant", "day", "texts", "entities", "rights"]


class Column(NamedTuple):
    """`of` gives the value, None where the article has none; only an `always` column has one in every row."""

    name: str
    kind: Kind
    holds: str
    of: Callable[[Document], Any]
    always: bool = False


def instant(given: PageTime | None) -> datetime | None:
    """A time as a page gave it, in UTC; None for a bare day, and for what no calendar knows."""
    if not given or len(given) <= DAY:
        return None
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _entity(entity: Entity) -> dict[str, Any]:
    known: dict[str, Any] = msgspec.structs.asdict(entity)
    known["spans"] = [{"start": span.start, "end": span.end} for span in entity.spans]
    return known | {"id": entity.id or None, "country": entity.country or None}


def _line(document: Document) -> Dateline:
    return document.article.dateline or Dateline()


def _origin(document: Document) -> Provenance | None:
    return document.article.provenance.get("published_at")


COLUMNS = (
    Column("id", "text", "`article_id`", lambda d: d.id, True),
    Column("revision", "integer", "milliseconds since 1970 of the fetch", lambda d: d.revision, True),
    Column("generation", "integer", "of reprocessing", lambda d: d.generation, True),
    Column("url", "text", "the address as given", lambda d: d.url, True),
    Column("title", "text", "the headline, without the site's name", lambda d: d.title or None),
    Column("text", "text", "the article, paragraphs apart by an empty line", lambda d: d.article.text or None),
    Column("lang", "text", "BCP 47 tag of the language, `und` where unknown", lambda d: d.lang, True),
    Column("lang_confidence", "number", "0 to 1", lambda d: d.article.lang_confidence, True),
    Column("script", "text", "ISO 15924", lambda d: d.article.script or None),
    Column("source", "text", "id of the source it came through", lambda d: d.source, True),
    Column("source_name", "text", "its name", lambda d: d.article.source.name or None),
    Column("source_tags", "texts", "its tags", lambda d: d.article.source.tags, True),
    Column("country", "text", "of the source, ISO 3166-1", lambda d: d.country or None),
    Column("site", "text", "the site's name on the page", lambda d: d.site or None),
    Column("section", "text", "as the page gives it", lambda d: d.article.section or None),
    Column("authors", "texts", "names", lambda d: d.authors, True),
    Column("time", "instant", "what searches sort by: published, or else first seen", lambda d: d.time, True),
    Column("published_at", "instant", "by the page; empty for a bare day", lambda d: instant(d.article.published_at)),
    Column("published_day", "day", "the publisher's day", lambda d: date.fromisoformat(d.day) if d.day else None),
    Column(
        "published_status",
        "text",
        "`original`, `repost` or `inferred`: whose date it is",
        lambda d: origin.status if (origin := _origin(d)) else None,
    ),
    Column(
        "published_confidence",
        "number",
        "0 to 1: how sure we are of it",
        lambda d: origin.confidence if (origin := _origin(d)) else None,
    ),
    Column("modified_at", "instant", "by the page; empty for a bare day", lambda d: instant(d.article.modified_at)),
    Column("first_seen_at", "instant", "when we first saw it", lambda d: d.first_seen_at, True),
    Column("fetched_at", "instant", "when this revision was fetched", lambda d: d.article.fetched_at, True),
    Column("agency", "text", "in the dateline or credit, as printed", lambda d: d.agency or None),
    Column("place", "text", "of the dateline", lambda d: _line(d).place or None),
    Column("place_country", "text", "of the dateline, ISO 3166-1", lambda d: _line(d).country or None),
    Column("latitude", "number", "of the dateline", lambda d: _line(d).latitude),
    Column("longitude", "number", "of the dateline", lambda d: _line(d).longitude),
    Column(
        "entities",
        "entities",
        "people, organisations and places: `text`, `type`, `id`, `country`, `confidence`, `spans` (`start`, `end`)",
        lambda d: [_entity(entity) for entity in d.article.entities],
        True,
    ),
    Column("keyphrases", "texts", "the most telling first", lambda d: d.keyphrases, True),
    Column("topics", "texts", "subjects", lambda d: d.topics, True),
    Column("summary", "text", "the article's own first sentences", lambda d: d.article.summary or None),
    Column("description", "text", "as the page gives it", lambda d: d.article.description or None),
    Column("image", "text", "an address", lambda d: d.article.image or None),
    Column("canonical_url", "text", "the page's `rel=canonical`", lambda d: d.article.canonical_url or None),
    Column(
        "rights",
        "rights",
        "`signal`, `value`, `origin` of each statement about use",
        lambda d: [msgspec.structs.asdict(one) for one in d.article.rights],
        True,
    ),
    Column("text_hash", "text", "equal for equal articles", lambda d: d.article.text_hash or None),
)


def row(document: Document) -> dict[str, Any]:
    """The values of COLUMNS by name."""
    return {column.name: column.of(document) for column in COLUMNS}
