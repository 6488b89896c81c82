"""When to ask again: adaptive between bounds, never sooner than asked, jittered alike every time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.schedule import (
    chance,
    failed_feed_due,
    feed_due,
    next_interval,
    next_look,
    rest_seconds,
    retry_due,
)

HOUR, DAY = 3600.0, 86_400.0
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC).timestamp()  # a Sunday
KEY = "https://news.example/feed"
seconds = st.floats(1, 30 * DAY)


def test_the_interval_grows_without_news_and_shrinks_with_it():
    assert next_interval(HOUR, changed=False, low=900, high=DAY) == 1.5 * HOUR
    assert next_interval(HOUR, changed=True, low=900, high=DAY) == (HOUR + 900) / 2
    assert next_interval(DAY, changed=False, low=900, high=DAY) == DAY


@given(seconds, st.booleans(), seconds, seconds)
def test_the_interval_stays_within_its_bounds(previous: float, changed: bool, one: float, other: float):
    low, high = sorted((one, other))
    assert low <= next_interval(previous, changed, low, high) <= high


@given(st.text(), seconds, seconds)
def test_a_feed_is_due_within_a_tenth_of_its_interval_and_never_below_its_floor(
    key: str, interval: float, floor: float
):
    due = feed_due(key, NOW, interval, floor)
    assert due >= NOW + min(floor, DAY) - 1e-3
    assert due >= NOW + interval * 0.9 - 1e-3
    assert due <= NOW + max(interval, min(floor, DAY)) * 1.1 + 1e-3


def test_jitter_is_the_same_for_the_same_question_and_differs_between_feeds():
    assert chance(KEY, NOW) == chance(KEY, NOW)
    assert len({round(chance(f"{KEY}{n}", NOW), 2) for n in range(500)}) > 90


@pytest.mark.parametrize(
    ("hours", "days", "due"),
    [
        ({9, 10}, set(), (22, 11)),
        (set(), {6}, (23, 0)),
        ({0, 1}, {6}, (23, 2)),
        ({9}, {0}, (22, 10)),
        (set(range(24)), set(), (22, 9)),  # a feed that wants never to be polled is polled as if it had not said so
    ],
)
def test_skipped_hours_and_days_shift_the_poll(hours: set[int], days: set[int], due: tuple[int, int]):
    moment = datetime.fromtimestamp(feed_due(KEY, NOW, HOUR, 0, hours, days), UTC)
    assert (moment.day, moment.hour) == due


def test_failures_back_off_twofold_up_to_the_longest_interval():
    waits = [failed_feed_due(KEY, NOW, HOUR, failures, DAY) - NOW for failures in range(1, 8)]
    assert 2 * HOUR <= waits[0] <= 2.2 * HOUR
    assert 4 * HOUR <= waits[1] <= 4.4 * HOUR
    assert all(DAY <= wait <= 1.1 * DAY for wait in waits[4:])
    assert failed_feed_due(KEY, NOW, HOUR, 10_000, DAY) < NOW + 1.1 * DAY + 1


def test_a_host_rests_as_long_as_it_asks_or_twice_as_long_each_time():
    assert rest_seconds(120.0, 5, 600, DAY) == 120
    assert rest_seconds(90 * DAY, 1, 600, 2 * DAY) == 2 * DAY
    assert [rest_seconds(None, n, 600, DAY) for n in (1, 2, 3)] == [600, 1200, 2400]
    assert rest_seconds(None, 10_000, 600, DAY) == DAY


def test_a_page_is_tried_again_ever_later():
    waits = [retry_due(KEY, NOW, attempts, 60) - NOW for attempts in range(1, 9)]
    assert 60 <= waits[0] <= 66
    assert 240 <= waits[1] <= 264
    assert waits[-1] <= 6 * HOUR * 1.1
    assert retry_due(KEY, NOW, 10_000, 60) - NOW <= 6 * HOUR * 1.1


def test_looks_come_at_their_ages_and_are_not_made_up_for():
    ages = (HOUR, 6 * HOUR, DAY)
    assert next_look(NOW, NOW, ages) == NOW + HOUR
    assert next_look(NOW, NOW + HOUR, ages) == NOW + 6 * HOUR
    assert next_look(NOW, NOW + 7 * HOUR, ages) == NOW + DAY
    assert next_look(NOW, NOW + DAY, ages) is None
    assert next_look(NOW, NOW, ()) is None
