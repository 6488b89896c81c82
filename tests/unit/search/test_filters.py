"""Search addresses: what each parameter means, and what is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.filters import query_of
from services.search.parse import BadQuery
from shared.searchindex.query import FACET_FIELDS, All, Keyword, Query, Some, Word


def q(**fields):
    return Query(facets=FACET_FIELDS, **fields)


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ([], q(sort="newest")),
        ([("q", "ferry")], q(root=Word("ferry"))),
        ([("q", " "), ("lang", ""), ("cursor", "")], q(sort="newest")),
        ([("lang", "en")], q(root=Keyword("lang", "en"), sort="newest")),
        ([("lang", "en"), ("lang", "fr")], q(root=Some((Keyword("lang", "en"), Keyword("lang", "fr"))), sort="newest")),
        (
            [("entity", "Oslo"), ("q", "ferry"), ("country", "NO")],
            q(root=All((Word("ferry"), Keyword("country", "NO"), Keyword("entity", "Oslo")))),
        ),
        ([("q", "ferry"), ("sort", "oldest"), ("size", "7")], q(root=Word("ferry"), sort="oldest", size=7)),
        ([("cursor", "abc")], q(cursor="abc", sort="newest")),
        (
            [("since", "2026-11-20"), ("until", "2026-11-22T08:30:00+02:00")],
            q(
                since=datetime(2026, 11, 20, tzinfo=UTC),
                until=datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
                sort="newest",
            ),
        ),
        ([("since", "2026-11-22T08:30:00 02:00")], q(since=datetime(2026, 11, 22, 6, 30, tzinfo=UTC), sort="newest")),
        ([("since", "2026-11-22T08:30:00Z")], q(since=datetime(2026, 11, 22, 8, 30, tzinfo=UTC), sort="newest")),
        ([("since", "2026-11-22T08:30")], q(since=datetime(2026, 11, 22, 8, 30, tzinfo=UTC), sort="newest")),
    ],
)
def test_what_an_address_asks_for(params, query):
    assert query_of(params) == query


@pytest.mark.parametrize(
    ("params", "parameter", "says"),
    [
        ([("langauge", "en")], "langauge", "lang"),
        ([("q", '"ferry')], "q", "never closed"),
        ([("q", "a"), ("q", "b")], "q", "once"),
        ([("sort", "best")], "sort", "newest"),
        ([("size", "0")], "size", "100"),
        ([("size", "101")], "size", "100"),
        ([("size", "1e2")], "size", "100"),
        ([("size", "٣")], "size", "100"),
        ([("since", "yesterday")], "since", "2026-11-22"),
        ([("until", "2026-13-01")], "until", "2026-11-22"),
        ([("until", "0001-01-01T00:00:00+14:00")], "until", "2026-11-22"),
        ([("lang", str(n)) for n in range(101)], "lang", "100"),
    ],
)
def test_what_is_refused_and_which_parameter_is_at_fault(params, parameter, says):
    with pytest.raises(BadQuery, match=says) as caught:
        query_of(params)
    assert caught.value.parameter == parameter


NAMES = st.sampled_from(["q", "lang", "entity", "since", "until", "sort", "size", "cursor", "nonsense"])


@given(st.lists(st.tuples(NAMES, st.text()), max_size=6))
def test_any_address_is_a_query_or_a_bad_query(params):
    outcome: object = None
    try:
        outcome = query_of(params)
    except BadQuery as bad:
        outcome = bad
    assert isinstance(outcome, Query | BadQuery)
