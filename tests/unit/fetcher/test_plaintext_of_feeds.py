"""Markup of strangers becomes one line of plain text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.plaintext import plain_text

CASES = {
    "A &amp; B <b>x</b>": "A & B x",
    "<p>one</p><p>two</p>": "one two",
    "1 < 2": "1 < 2",
    "&lt;b&gt;twice&lt;/b&gt;": "twice",
    "<script>alert(1)</script>x": "x",
    "&amp;lt;script&amp;gt;alert(1)": "&lt;script&gt;alert(1)",
    "a<\u202escript>b": "a",
    "a&#8238;b": "ab",
    '<img src=x onerror="alert(1)">caption': "caption",
    "a\x00b\x1b[31mc": "ab[31mc",
    "می\u200cخواهم": "می\u200cخواهم",
    "safe\u202etxt.exe": "safetxt.exe",
    "e\u0301": "é",
    " a \n\t b ": "a b",
    "AT&T": "AT&T",
    "": "",
}


@pytest.mark.parametrize("markup", CASES)
def test_plain_text(markup: str):
    assert plain_text(markup) == CASES[markup]


@given(st.lists(st.sampled_from(["<", ">", "&lt;", "&gt;", "&amp;", "script", "/", "!", "a", " ", "\u202e", "\x00"])))
def test_no_tag_and_nothing_hidden_is_left(parts: list[str]):
    text = plain_text("".join(parts))
    assert not re.search(r"<[a-zA-Z/!?]", text)
    assert not set(text) & {"\u202e", "\x00"}


def test_deep_nesting_is_quick():
    before = time.monotonic()
    plain_text("<b>" * 100_000)
    assert time.monotonic() - before < 2
