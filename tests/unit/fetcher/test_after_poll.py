"""When a feed comes due again is known before it is asked, should the answer bring nothing."""

import msgspec
import pytest
from msgspec.structs import replace

from services.fetcher.after_poll import Pace, answered, due_unchanged
from services.fetcher.download import Answer
from services.fetcher.feed_document import Feed
from services.fetcher.records import FeedRecord
from services.fetcher.survey import Wishes

NOW = 1_795_000_000.0
URL = "https://news.example/feed.xml"
STEP = Pace(600.0, 300.0, 3600.0)
FEED = FeedRecord(url=URL, source_id="example", kind="feed", etag='"1"', content_hash="c", asked_at=NOW)
SAME = Answer(URL, 304, {}, b"")
WISHES = msgspec.json.encode(Wishes(wait_seconds=7200.0, skip_hours=frozenset(range(12))))


@pytest.mark.parametrize("feed", [FEED, replace(FEED, wishes=WISHES)], ids=["plain", "with wishes"])
def test_an_answer_without_change_keeps_what_was_claimed(feed: FeedRecord):
    later = NOW + 20  # a slow server
    assert answered(feed, SAME, None, False, STEP, later).due_at == due_unchanged(feed, NOW, STEP)


@pytest.mark.parametrize(
    ("answer", "given", "new"),
    [
        (SAME, None, True),
        (replace(SAME, headers={"cache-control": ("max-age=7200",)}), None, False),
        (replace(SAME, status=200, body=b"x"), Feed(wishes=Wishes(wait_seconds=7200.0)), False),
    ],
    ids=["something new", "fresh for longer", "other wishes"],
)
def test_any_other_answer_has_a_time_of_its_own(answer: Answer, given: Feed | None, new: bool):
    assert answered(FEED, answer, given, new, STEP, NOW).due_at != due_unchanged(FEED, NOW, STEP)
