"""An enriched article as schema.org NewsArticle in JSON-LD (https://schema.org/NewsArticle)."""

import re
from typing import Any

from shared.formats.identifiers import address, uri
from shared.messages import Dateline, EnrichedArticle, Entity

WORD = re.compile(r"\w+")
TYPES = {"person": "Person", "organisation": "Organization", "place": "Place"}
Json = dict[str, Any]


def newsarticle(article: EnrichedArticle) -> Json:
    """The article as a JSON-LD object in a fixed order of keys; empty fields are left out."""
    line = article.dateline
    item: Json = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": uri(article.url),
        "url": uri(article.url),
        "identifier": {"@type": "PropertyValue", "propertyID": "wireroom", "value": article.article_id},
        "version": str(article.revision),
        "headline": article.title,
        "datePublished": article.published_at,
        "dateModified": article.modified_at,
        "inLanguage": "" if article.lang == "und" else article.lang,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": article.site_name} if article.site_name else None,
        "sourceOrganization": {"@type": "NewsMediaOrganization", "name": line.agency} if line and line.agency else None,
        "creditText": line.agency if line else "",
        "dateline": ", ".join(part for part in (line.place, line.date) if part) if line else "",
        "locationCreated": _location(line) if line and line.place else None,
        "articleSection": article.section,
        "description": article.description,
        "abstract": article.summary,
        "keywords": list(article.keyphrases),
        "mentions": [_thing(entity) for entity in article.entities],
        "image": uri(article.image),
        "wordCount": len(WORD.findall(article.text)) or None,
        "articleBody": article.text,
        "creativeWorkStatus": "" if article.state == "live" else "Withdrawn",
    }
    return {name: value for name, value in item.items() if value not in ("", [], None)}


def _thing(entity: Entity) -> Json:
    kind = "Country" if entity.id.startswith("iso:") else TYPES[entity.type]
    item: Json = {"@type": kind, "name": entity.text}
    external = address(entity.id)
    return item | ({"sameAs": external} if external else {})


def _location(line: Dateline) -> Json:
    item: Json = {"@type": "Place", "name": line.place}
    if address(line.place_id):
        item["sameAs"] = address(line.place_id)
    if line.country:
        item["address"] = {"@type": "PostalAddress", "addressCountry": line.country}
    if line.latitude is not None and line.longitude is not None:
        item["geo"] = {"@type": "GeoCoordinates", "latitude": line.latitude, "longitude": line.longitude}
    return item
