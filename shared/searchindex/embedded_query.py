"""Our query tree as a tantivy query. Filters and exclusions add nothing to the score."""

import tantivy
from tantivy import Occur

from shared.searchindex import keywords
from shared.searchindex.embedded_schema import LIVE, index_option, schema
from shared.searchindex.query import TEXT_FIELDS, All, Keyword, Node, Not, Query, Some
from shared.searchindex.reading import TITLE_BOOST, ways
from shared.searchindex.stored import time_key

_SCHEMA = schema()
_Q = tantivy.Query


def found_by(index: tantivy.Index, query: Query) -> tantivy.Query:
    """Everything that the query finds, on whatever page."""
    parts = [(Occur.Must, _unscored(_term("filter", LIVE)))]
    if query.root is not None:
        parts.append((Occur.Must, _node(query.root)))
    if query.since is not None:
        parts.append((Occur.Must, between(index, f"[{time_key(query.since)} TO *}}")))
    if query.until is not None:
        parts.append((Occur.Must, between(index, f"{{* TO {time_key(query.until)}}}")))
    return _Q.boolean_query(parts)


def between(index: tantivy.Index, bounds: str) -> tantivy.Query:
    """Documents whose order key lies in `bounds`. The binding offers ranges over text in its query language only."""
    return _unscored(index.parse_query(f"order:{bounds}", ["order"]))


def arrived_until(arrival: int) -> tantivy.Query:
    """Documents of the articles that had come by then, whatever revision they have now."""
    return _unscored(_Q.range_query(_SCHEMA, "arrival", tantivy.FieldType.Integer, upper_bound=arrival))


def both(one: tantivy.Query, other: tantivy.Query) -> tantivy.Query:
    return _Q.boolean_query([(Occur.Must, one), (Occur.Must, other)])


def _node(node: Node) -> tantivy.Query:
    if isinstance(node, All):
        return _Q.boolean_query([(Occur.Must, _node(part)) for part in node.parts])
    if isinstance(node, Some):
        return _any([_node(part) for part in node.parts])
    if isinstance(node, Not):
        return _Q.boolean_query([(Occur.Must, _unscored(_Q.all_query())), (Occur.MustNot, _node(node.part))])
    if isinstance(node, Keyword):
        return _unscored(_term("filter", keywords.term(node.field, node.value)))
    fields = (node.field,) if node.field else TEXT_FIELDS
    return _any([_boosted(field, _any([_stands(*way) for way in ways(node, field)])) for field in fields])


def _stands(field: str, terms: list[str]) -> tantivy.Query:
    return _Q.phrase_query(_SCHEMA, field, [*terms]) if len(terms) > 1 else _term(field, terms[0])


def _term(field: str, term: str) -> tantivy.Query:
    return _Q.term_query(_SCHEMA, field, term, index_option=index_option(field))


def _any(either: list[tantivy.Query]) -> tantivy.Query:
    return _Q.boolean_query([(Occur.Should, one) for one in either])


def _boosted(field: str, query: tantivy.Query) -> tantivy.Query:
    return _Q.boost_query(query, TITLE_BOOST) if field == "title" else query


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return _Q.const_score_query(query, 0.0)
