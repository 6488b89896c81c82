"""htmldate is pinned, and its search of a page without what holds no digit finds what its search of the page does."""

import re
from importlib.metadata import version

import htmldate.core
import pytest
from htmldate import find_date
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner import datesearch

PATTERNS = {name: value for name, value in vars(htmldate.core).items() if isinstance(value, re.Pattern)}
ASKED = {name: pattern for name, pattern in PATTERNS.items() if datesearch.looks_at_digits(pattern)}
OF_PAGES = """THREE_PATTERN THREE_LOOSE_PATTERN SELECT_YMD_PATTERN DATESTRINGS_PATTERN SLASHES_PATTERN YYYYMM_PATTERN
    MMYYYY_PATTERN""".split()


def test_htmldate_is_the_version_that_was_looked_at():
    assert version("htmldate") == "1.11.0"
    assert htmldate.core.plausible_year_filter is datesearch._plausible


def test_the_patterns_that_are_slow_on_pages_are_among_them():
    assert set(OF_PAGES) <= set(ASKED)


def test_what_needs_more_than_one_character_beside_digits_is_asked_of_the_page():
    for text in (r"(?<!w3.org)\D(20[0-9]{2})\D", r"Copyright\D{0,99}(20[0-9]{2})\D", r"\D+([0-9])", r"\bd([0-9])"):
        assert not datesearch.looks_at_digits(re.compile(text))


@pytest.mark.parametrize("pattern", ASKED.values(), ids=list(ASKED))
@given(st.lists(st.sampled_from(["2019", "20191203", "03", "1", "9", "/", ".", "-", " ", "a", "é", "\n", "٣"])))
def test_the_same_is_found_without_the_rest(pattern: re.Pattern[str], parts: list[str]):
    page = "".join(parts)
    assert pattern.findall(datesearch.condensed(page)) == pattern.findall(page)


def test_a_date_in_the_running_text_is_found():
    text = "<html><body><p>The ferry sails again.</p><p>" + "word " * 50 + "03.12.2019</p></body></html>"
    assert find_date(text, original_date=True, extensive_search=True, max_date="2026-01-01") == "2019-12-03"
