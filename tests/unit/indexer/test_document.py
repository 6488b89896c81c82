"""What the index holds of an article."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indexer.document import document, own_language
from shared.messages import Dateline, EnrichedArticle, Entity, Segment, Source

SEEN = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


def article(**fields):
    values = {
        "article_id": "0" * 32,
        "revision": 7,
        "generation": 2,
        "url": "https://example.org/ferry",
        "source": Source(id="harbour", country="NO"),
        "first_seen_at": SEEN,
        "discovered_at": SEEN,
        "fetched_at": SEEN,
    }
    return EnrichedArticle(**(values | fields))


def test_a_document_holds_what_is_searched_and_the_article_itself():
    enriched = article(
        title="Ferry strike",
        text="The ferry stays in port.",
        lang="en",
        site_name="Harbour Herald",
        authors=("Ada Brook",),
        entities=(Entity(text="Oslo", type="place", id="geonames:1"), Entity(text="Oslo", type="organisation")),
        keyphrases=("ferry strike",),
        topics=("transport",),
        dateline=Dateline(agency="NTB"),
    )
    made = document(enriched)
    assert made.article is enriched
    assert (made.id, made.revision, made.generation, made.withdrawn) == ("0" * 32, 7, 2, False)
    assert (made.title, made.text, made.lang) == ("Ferry strike", "The ferry stays in port.", "en")
    assert (made.source, made.site, made.country, made.agency) == ("harbour", "Harbour Herald", "NO", "NTB")
    assert (made.authors, made.entities, made.keyphrases, made.topics) == (
        ("Ada Brook",),
        ("Oslo",),
        ("ferry strike",),
        ("transport",),
    )
    assert made.indexed_month == "2026.11"


def test_a_withdrawn_article_is_a_hidden_document():
    assert document(article(state="withdrawn")).withdrawn


def test_the_month_is_that_of_utc():
    seen = datetime.fromisoformat("2026-12-01T00:30:00+02:00")
    assert document(article(first_seen_at=seen)).indexed_month == "2026.11"


@pytest.mark.parametrize(
    ("published", "time", "day"),
    [
        (None, "2026-11-30T23:30:00+00:00", ""),
        ("2026-11-30T22:00:00Z", "2026-11-30T22:00:00+00:00", "2026-11-30"),
        ("2026-12-01T02:00:00.5+09:00", "2026-11-30T17:00:00.500000+00:00", "2026-12-01"),
        ("2026-11-28", "2026-11-28T12:00:00+00:00", "2026-11-28"),  # an earlier day: its noon
        ("2026-11-30", "2026-11-30T12:00:00+00:00", "2026-11-30"),
        ("2026-12-01", "2026-12-01T00:00:00+00:00", "2026-12-01"),  # where it was printed the day had begun
        ("2026-02-31", "2026-11-30T23:30:00+00:00", ""),  # no day of the calendar
        ("2026-11-30T25:00:00Z", "2026-11-30T23:30:00+00:00", ""),
        ("0001-01-01T00:00:00+14:00", "2026-11-30T23:30:00+00:00", ""),
    ],
)
def test_the_time_of_an_article(published, time, day):
    made = document(article(published_at=published))
    assert (made.time.isoformat(), made.day) == (time, day)


def test_a_bare_day_of_today_does_not_stand_in_the_future():
    seen = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert document(article(published_at="2026-11-30", first_seen_at=seen)).time == seen


@pytest.mark.parametrize(
    ("text", "foreign", "own"),
    [
        ("All of it.", [], "All of it."),
        ("Ours.\n\nLas suyas.\n\nOurs again.", [(7, 17)], "Ours.\n\nOurs again."),
        ("Las suyas. Ours.", [(0, 10)], "Ours."),
        ("Ours. Las suyas.", [(6, 16)], "Ours."),
        ("Las suyas.", [(0, 10)], ""),
        ("abcdef", [(1, 3), (2, 4)], "a\n\nef"),
        ("abcdef", [(2, 4), (1, 3)], "a\n\nef"),
    ],
)
def test_runs_of_a_foreign_language_are_left_out(text, foreign, own):
    segments = tuple(Segment(start=start, end=end, lang="es", foreign=True) for start, end in foreign)
    assert own_language(text, segments) == own


def test_a_segment_of_the_same_article_that_is_not_foreign_stays():
    assert own_language("Ours. Suyas.", (Segment(start=6, end=12, lang="es"),)) == "Ours. Suyas."


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans())))
def test_what_is_left_of_a_text_is_some_of_its_words_in_order(text, ranges):
    segments = tuple(Segment(start=start, end=end, lang="es", foreign=foreign) for start, end, foreign in ranges)
    left = iter(text)
    assert all(letter in left for letter in own_language(text, segments) if not letter.isspace())


def test_the_same_article_gives_the_same_bytes():
    assert msgspec.json.encode(document(article())) == msgspec.json.encode(document(article()))
