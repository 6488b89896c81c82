"""Our query tree in OpenSearch's query language. Filters and exclusions add nothing to the score."""

from typing import Any

from shared.searchindex import keywords
from shared.searchindex.query import TEXT_FIELDS, All, Keyword, Node, Not, Query, Some
from shared.searchindex.reading import TITLE_BOOST, Way, ways
from shared.searchindex.stored import time_key

Dsl = dict[str, Any]


def found_by(query: Query) -> Dsl:
    """Everything that the query finds, on whatever page."""
    filters: list[Dsl] = [{"term": {"live": True}}]
    if query.since is not None:
        filters.append({"range": {"order": {"gte": time_key(query.since)}}})
    if query.until is not None:
        filters.append({"range": {"order": {"lt": time_key(query.until)}}})
    return {"bool": {"filter": filters, "must": [_node(query.root)] if query.root is not None else []}}


def _node(node: Node) -> Dsl:
    if isinstance(node, All):
        return {"bool": {"must": [_node(part) for part in node.parts]}}
    if isinstance(node, Some):
        return _any([_node(part) for part in node.parts])
    if isinstance(node, Not):
        return _unscored({"bool": {"must_not": [_node(node.part)]}})
    if isinstance(node, Keyword):
        return _unscored({"term": {"filter": keywords.term(node.field, node.value)}})
    fields = (node.field,) if node.field else TEXT_FIELDS
    return _any([_boosted(field, _any(_standing(ways(node, field)))) for field in fields])


def _standing(any_of: list[Way]) -> list[Dsl]:
    """One clause for each field and length: the server bounds their number over the whole query."""
    clauses: list[Dsl] = [
        {"match_phrase": {f"words.{field}": " ".join(terms)}} for field, terms in any_of if len(terms) > 1
    ]
    single: dict[str, list[str]] = {}
    for field, terms in any_of:
        if len(terms) == 1:
            single.setdefault(f"words.{field}", []).extend(terms)
    for field, either in single.items():
        clauses.append({"terms": {field: either}} if len(either) > 1 else {"term": {field: either[0]}})
    return clauses


def _any(either: list[Dsl]) -> Dsl:
    return {"bool": {"should": either, "minimum_should_match": 1}} if either else {"match_none": {}}


def _boosted(field: str, query: Dsl) -> Dsl:
    return {"bool": {"must": [query], "boost": TITLE_BOOST if field == "title" else 1.0}}


def _unscored(query: Dsl) -> Dsl:
    return {"bool": {"filter": [query]}}
