"""The query language: what people type, and what each of it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.parse import FIELDS, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, BadQuery, parse
from shared.searchindex.query import All, Keyword, Not, Phrase, Some, Word

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \t\n", None),
        ("a", A),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a and b", All((A, Word("and"), B))),
        ("a OR b c", Some((A, All((B, C))))),
        ("(a OR b) c", All((Some((A, B)), C))),
        ("a -b", All((A, Not(B)))),
        ("a NOT b", All((A, Not(B)))),
        ("-a", Not(A)),
        ("-(a b)", Not(All((A, B)))),
        ('-"a b"', Not(Phrase("a b"))),
        ("-lang:en", Not(Keyword("lang", "en"))),
        ("well-known", Word("well-known")),
        ('"a b"', Phrase("a b")),
        ("“a b”", Phrase("a b")),
        ("title:a", Word("a", "title")),
        ("TITLE:a", Word("a", "title")),
        ('title:"a b"', Phrase("a b", "title")),
        ("lang:zh-Hant", Keyword("lang", "zh-Hant")),
        ('entity:"United Nations"', Keyword("entity", "United Nations")),
        ("source:a:b", Keyword("source", "a:b")),
        ("https://example.org/a?b=c", Keyword("url", "https://example.org/a?b=c")),
        ("url:https://example.org/", Keyword("url", "https://example.org/")),
        ("10:30", Word("10:30")),
        ("日本:東京", Word("日本:東京")),
        ("Exclusive: a – b", All((Word("Exclusive:"), A, B))),
        ("a - b", All((A, B))),
        ("-— a", A),
        ("北京大学", Word("北京大学")),
        ("می‌رود", Word("می‌رود")),
    ],
)
def test_what_a_query_means(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ('a "b c', 2, "never closed"),
        ("a (b", 2, "never closed"),
        ("a)", 1, "closes nothing"),
        ("()", 0, "no word between"),
        ('""', 0, "no word between"),
        ('"…"', 0, "no word between"),
        ("a OR", 2, "after it"),
        ("OR a", 0, "before it"),
        ("a OR OR b", 2, "after it"),
        ("AND a", 0, "before it"),
        ("a AND", 2, "after it"),
        ("a NOT", 2, "after it"),
        ("…", 1, "no word"),
        ("a langs:en", 2, "title:"),
        ("lang: en", 0, "without a space"),
        ("title:(a b)", 0, "without a space"),
        ("title:-a", 0, "-title:a"),
        ("lang:…", 0, "needs a word"),
        ("since:2026-11-01", 0, "since="),
        ("😀😀 (", 3, "never closed"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "deep"),
        ("-" * 500 + "a", MAX_DEPTH, "deep"),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS, str(MAX_TERMS)),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, str(MAX_LENGTH)),
    ],
)
def test_what_is_no_query_and_where(text, position, says):
    with pytest.raises(BadQuery, match=says.replace("(", r"\(")) as caught:
        parse(text)
    assert caught.value.position == position


def test_an_unknown_field_names_those_allowed():
    with pytest.raises(BadQuery) as caught:
        parse("foo:bar")
    assert all(f"{field}:" in caught.value.message for field in FIELDS)


PIECES = st.sampled_from(
    [*'()"-:“ ', " OR ", " AND ", " NOT ", "title:", "lang:", "foo:", "a", "…", "安全", "-", "https://"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_a_tree_or_a_bad_query_that_points_into_it(text):
    bad, tree = None, None
    try:
        tree = parse(text)
    except BadQuery as raised:
        bad = raised
    assert (tree is None) == (bad is not None or not text.strip())
    assert bad is None or (0 <= bad.position <= len(text) and bad.message)
