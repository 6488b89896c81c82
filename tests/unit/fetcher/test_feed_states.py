"""The count of feeds per state that the alerts on sources look at."""

import pytest

from services.fetcher.feed_states import OVERDUE_SECONDS, SILENT_SECONDS, count, state_of
from services.fetcher.records import FeedRecord

NOW = 1_800_000_000.0


def feed(**facts) -> FeedRecord:
    return FeedRecord(url="https://paper.example/feed", source_id="paper", kind="feed", **facts)


@pytest.mark.parametrize(
    ("facts", "due_in", "state"),
    [
        ({}, 0, "fresh"),  # never asked, and due only now
        ({"new_at": NOW - 60}, 600, "fresh"),
        ({"failures": 2, "new_at": NOW - 60}, 600, "fresh"),  # hiccups are no state
        ({"failures": 3, "outcome": "failed"}, 600, "failing"),
        ({"outcome": "gone"}, None, "failing"),
        ({"new_at": NOW - SILENT_SECONDS - 1}, 600, "silent"),
        ({"new_at": NOW - SILENT_SECONDS + 1}, 600, "fresh"),
        ({"new_at": NOW - 60}, -OVERDUE_SECONDS - 1, "overdue"),
        ({"new_at": NOW - 60}, -OVERDUE_SECONDS + 1, "fresh"),
        ({"failures": 9}, -OVERDUE_SECONDS - 1, "overdue"),  # nobody asks it, so nobody knows how it fares
    ],
)
def test_state_of_a_feed(facts, due_in, state):
    assert state_of(feed(**facts), None if due_in is None else NOW + due_in, NOW) == state


def test_every_state_is_counted_even_where_no_feed_has_it():
    assert count([(feed(failures=5), NOW)], NOW) == {"fresh": 0, "failing": 1, "overdue": 0, "silent": 0}
