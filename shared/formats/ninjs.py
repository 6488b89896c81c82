"""An enriched article as IPTC ninjs 3.1 (https://iptc.org/standards/ninjs/), the news industry's JSON.

Everything that ninjs has a field for stands there. The rest (spans, provenance, signals, versions) stands in one
object, `x-wireroom`, declared by the extension schema `ninjs-wireroom.json` beside this file: ninjs closes its schema
to other names, so a strict reader drops that object and has plain ninjs 3.1.
"""

import re
from typing import Any

import msgspec

from shared.formats.identifiers import address, uri
from shared.formats.markup import xhtml
from shared.messages import EnrichedArticle, Entity

EXTENSION = "x-wireroom"
STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
WORD = re.compile(r"\w+")
TIMED = 10  # characters of a bare day
LISTS = {"person": "people", "organisation": "organisations", "place": "places"}
Json = dict[str, Any]


def ninjs(article: EnrichedArticle) -> Json:
    """The article as a ninjs object in a fixed order of keys; empty fields are left out."""
    live = article.state == "live"
    item: Json = {
        "uri": uri(article.url),
        "type": "text",
        "representationType": "full",
        "version": str(article.revision),
        "firstCreated": _instant(article.first_seen_at),
        "versionCreated": _instant(article.fetched_at),
        "contentCreated": _timed(article.published_at),
        "pubStatus": "usable" if live else "canceled",
        "language": "" if article.lang == "und" else article.lang,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": article.title}] if article.title else [],
        "by": ", ".join(article.authors),
        "located": article.dateline.place if article.dateline else "",
        "descriptions": [
            {"role": role, "contentType": "text/plain", "value": value}
            for role, value in (("summary", article.summary), ("publisher", article.description))
            if value
        ],
        "bodies": _bodies(article),
        **_named(article),
        "subjects": _subjects(article),
        "infoSources": _sources(article),
        "associations": [{"name": "main", "uri": uri(article.image), "type": "picture"}] if article.image else [],
        "usageTerms": "; ".join(
            f"{one.signal}={one.value} ({one.origin})".replace("= ", " ") for one in article.rights
        ),
        "altIds": _other_ids(article),
        "standard": STANDARD,
        EXTENSION: _extension(article),
    }
    return {name: value for name, value in item.items() if value not in ("", [], None)}


def _instant(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))


def _timed(printed: str | None) -> str:
    """A page's time where it has one: a bare day is no `date-time` and stays in the extension."""
    return printed if printed and len(printed) > TIMED else ""


def _bodies(article: EnrichedArticle) -> list[Json]:
    """The text, which offsets count in, and the blocks with their markup: tables and captions are in these alone."""
    text, marked = article.text, xhtml(article.blocks)
    counted = {"charCount": len(text), "wordCount": len(WORD.findall(text))}
    bodies: list[Json] = [{"role": "main", "contentType": "text/plain", **counted, "value": text}]
    bodies.append({"role": "richtext", "contentType": "application/xhtml+xml", "value": marked})
    return [body for body in bodies if body["value"]]


def _entity(entity: Entity) -> Json:
    external = address(entity.id)
    item: Json = {"name": entity.text, "rel": "mentions"}
    if external:
        return item | {"uri": external}
    return item | ({"literal": entity.id} if entity.id else {})


def _named(article: EnrichedArticle) -> Json:
    found: Json = {name: [] for name in LISTS.values()}
    line = article.dateline
    if line is not None and line.place:
        place: Json = {"name": line.place, "rel": "located"}
        if external := address(line.place_id):
            place["uri"] = external
        if line.latitude is not None and line.longitude is not None:
            place["geoJSON"] = {"type": "Point", "coordinates": [line.longitude, line.latitude]}
        found["places"].append(place)
    for entity in article.entities:
        found[LISTS[entity.type]].append(_entity(entity))
    return found


def _subjects(article: EnrichedArticle) -> list[Json]:
    topics = [{"literal": topic, "rel": "topic", "creator": "wireroom"} for topic in article.topics]
    words = [{"name": phrase, "rel": "keyword", "creator": "wireroom"} for phrase in article.keyphrases]
    return topics + words


def _sources(article: EnrichedArticle) -> list[Json]:
    publisher = article.site_name or article.source.name or article.source.id
    found = [{"name": publisher, "role": "publisher"}]
    if article.dateline is not None and article.dateline.agency:
        found.append({"name": article.dateline.agency, "role": "agency"})
    return found


def _other_ids(article: EnrichedArticle) -> list[Json]:
    found = [{"role": "wireroom", "value": article.article_id}]
    if article.canonical_url:
        found.append({"role": "canonical", "value": article.canonical_url})
    return found


def _extension(article: EnrichedArticle) -> Json:
    found: Json = {
        "generation": article.generation,
        "source": article.source,
        "published": article.published_at,
        "modified": article.modified_at,
        "languageConfidence": article.lang_confidence,
        "languageStatus": article.lang_status,
        "script": article.script,
        "dateline": article.dateline,
        "mentions": [
            {
                "id": entity.id,
                "type": entity.type,
                "start": span.start,
                "end": span.end,
                "confidence": entity.confidence,
            }
            for entity in article.entities
            for span in entity.spans
        ],
        "provenance": article.provenance,
        "rights": article.rights,
        "quality": article.quality,
        "signals": article.signals,
        "versions": article.versions,
    }
    filled = {name: value for name, value in found.items() if value not in ("", None, [], (), {})}
    plain: Json = msgspec.json.decode(msgspec.json.encode(filled))  # tuples as lists, all the way down
    return plain
