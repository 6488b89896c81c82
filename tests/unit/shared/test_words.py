"""Reading text into words: which spellings are one word, and where each word stands."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.searchindex.highlight import matches, needles, snippet
from shared.searchindex.query import Phrase
from shared.searchindex.words import MAX_TERM, atoms, compounds, fold, folded, terms


@pytest.mark.parametrize(
    "spellings",
    [
        ("Café", "cafe", "CAFÉ", "cafe\u0301", "ＣＡＦＥ"),
        ("Straße", "STRASSE", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul", "ISTANBUL", "ıstanbul"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", "σισυφος"),
        ("Ещё", "еще"),
        ("أُمّة", "امه", "أمة", "ٱمة"),
        ("کتاب", "كتاب", "كِتَاب", "كتـــاب"),
        ("علی", "على", "علي"),
        ("שָׁלוֹם", "שלום"),
        ("۱۴۰۳", "١٤٠٣", "1403"),
        ("Wirt\u00adschaft", "wirtschaft"),
        ("мʼята", "мята"),
    ],
)
def test_spellings_of_one_word(spellings):
    assert len({fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("край", "краи"), ("が", "か"), ("कि", "की"), ("ї", "і"), ("ก้า", "กา")])
def test_marks_that_make_another_letter_stay(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "found", "joined"),
    [
        ("", [], []),
        ("— … 😀", [], []),
        ("Two words.", ["two", "words"], []),
        ("北京大学", ["北京", "京大", "大学"], []),
        ("北京。大学", ["北京", "大学"], []),
        ("iPhone发布2台", ["iphone", "发布", "2", "台"], []),
        ("निर्वाचन आयोग", ["निर्वाचन", "आयोग"], []),
        ("ภาษา", ["ภา", "าษ", "ษา"], []),
        ("COVID-19", ["covid", "19"], ["covid19"]),
        ("l’homme", ["l", "homme"], ["lhomme"]),
        ("می‌رود", ["مي", "رود"], ["ميرود"]),
        ("the U.S. and J.R.R. Tolkien", ["the", "u", "s", "and", "j", "r", "r", "tolkien"], ["us", "jrr"]),
        ("example.com 3.5 10-12", ["example", "com", "3", "5", "10", "12"], []),
        ("a - b", ["a", "b"], []),
    ],
)
def test_the_terms_of_a_text(text, found, joined):
    read = atoms(text)
    assert terms(read) == found
    assert [one.term for one in compounds(text, read)] == joined


def test_what_is_longer_than_a_word_is_cut():
    assert terms(atoms("x" * 1000)) == ["x" * MAX_TERM]


def test_folding_twice_is_folding_once():
    for code in range(sys.maxunicode + 1):
        once = folded(chr(code))
        assert folded(once) == once, hex(code)


# Letters, marks and joints of many scripts: plain `st.text()` seldom brings two of one script together.
LETTERS = st.text(st.sampled_from("aÉ9ßأُةک\u200c京都にがไก้하क्षि.-’ 。\u00ad") | st.characters())


@given(LETTERS)
def test_words_stand_where_they_say_in_order_and_apart(text):
    end = 0
    for one in atoms(text):
        assert end <= one.start < one.end <= len(text)
        assert fold(text[one.start : one.end]) == one.term
        assert not any(letter.isspace() for letter in one.term)
        end = one.end


@given(LETTERS, st.data())
def test_any_run_of_words_of_a_text_is_found_in_it(text, data):
    read = atoms(text)
    if not read:
        return
    first = data.draw(st.integers(0, len(read) - 1))
    last = data.draw(st.integers(first, len(read) - 1))
    wanted = needles(Phrase(text[read[first].start : read[last].end]), "text")
    places = [(match.start, match.end) for match in matches(text, wanted, "en")]
    assert (read[first].start, read[last].end) in places


@given(LETTERS, LETTERS, st.integers(100, 300))
def test_marks_lie_in_the_snippet_in_order_and_apart(text, phrase, length):
    shown = snippet(text * 30, needles(Phrase(phrase), "text"), "en", length)
    end = 0
    for start, stop in shown.marks:
        assert end <= start < stop <= len(shown.text)
        end = stop
    assert len(shown.text) <= length + len("…  …")
