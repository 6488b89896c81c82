"""feedparser's own test feeds: as many entries as feedparser finds in each, and no markup left in any."""

import re
import tarfile
from pathlib import Path

import feedparser
import pytest

from services.fetcher.feed_document import FeedDocument
from services.fetcher.feeds import parse_feed
from services.fetcher.repair import NotAFeed

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "feeds" / "feedparser-corpus.tar.gz"
ACTIVE = re.compile(r"<\s*/?\s*[a-z!?]|javascript:\S*\(|\bon[a-z]+\s*=\s*[\"']", re.IGNORECASE)


def feeds() -> list[tuple[str, bytes]]:
    with tarfile.open(CORPUS) as archive:
        return [
            (member.name, archive.extractfile(member).read())  # type: ignore[union-attr]
            for member in archive
            if member.isfile() and member.name.endswith(".xml")
        ]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.exists(), reason=f"the feed corpus is not there: {CORPUS}")
def test_every_feed_has_the_entries_that_feedparser_finds_and_no_markup():
    seen, wrong, active = 0, [], []
    for name, body in feeds():
        seen += 1
        expected = len(feedparser.parse(body).entries)
        try:
            feed = parse_feed(FeedDocument("", body))
        except NotAFeed:
            if expected:
                wrong.append((name, expected, 0))
            continue
        if len(feed.entries) != expected:
            wrong.append((name, expected, len(feed.entries)))
        for told in (entry.told for entry in feed.entries):
            texts = (feed.title, told.title, told.summary, *told.authors, *told.categories)
            active += [(name, text) for text in texts if ACTIVE.search(text)]
    assert seen == 2106
    assert wrong == []
    assert active == []
