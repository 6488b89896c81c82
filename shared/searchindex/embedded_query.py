"""Our query tree as a tantivy query.

A word matches as written and folded, or where its stem in the document's own language is the stem of a word there; a
phrase as written only, so that quotation marks ask for the exact form. Filters and exclusions add nothing to the score.
"""

import tantivy
from tantivy import Occur

from shared.searchindex import keywords
from shared.searchindex.embedded_schema import LIVE, schema, time_key
from shared.searchindex.query import TEXT_FIELDS, All, Keyword, Node, Not, Phrase, Query, Some
from shared.searchindex.stems import STEMMERS, stems
from shared.searchindex.words import Atom, atoms, joined_form, sought

TITLE_BOOST = 2.0  # a word in the title says more about the article than one in its text

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
    match = _phrase if isinstance(node, Phrase) else _word
    return _any([_boosted(field, match(field, node.text)) for field in fields])


def _phrase(field: str, text: str) -> tantivy.Query:
    return _sequence(field, atoms(text))


def _word(field: str, text: str) -> tantivy.Query:
    found = atoms(text)
    ways = [_sequence(field, found)]
    if whole := joined_form(text, found):
        ways.append(_term(field, whole))
    if len(found) == 1 and not found[0].dense:
        for lang in sorted(STEMMERS):
            (stem,) = stems(text, found, lang)
            ways.append(_term(f"{field}_stem", f"{lang}:{stem}"))
    return _any(ways)


def _sequence(field: str, found: list[Atom]) -> tantivy.Query:
    """These atoms one behind the other."""
    by_letter, terms = sought(found)
    if by_letter:
        field += "_letters"
    if len(terms) > 1:
        return _Q.phrase_query(_SCHEMA, field, [*terms])
    return _term(field, terms[0]) if terms else _Q.empty_query()


def _term(field: str, term: str) -> tantivy.Query:
    return _Q.term_query(_SCHEMA, field, term, index_option="freq" if field.endswith("_stem") else "position")


def _any(ways: list[tantivy.Query]) -> tantivy.Query:
    return _Q.boolean_query([(Occur.Should, way) for way in ways])


def _boosted(field: str, query: tantivy.Query) -> tantivy.Query:
    return _Q.boost_query(query, TITLE_BOOST) if field == "title" else query


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return _Q.const_score_query(query, 0.0)
