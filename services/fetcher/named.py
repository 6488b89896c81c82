"""What a feed or sitemap names, as things to ask for."""

from collections.abc import Iterable

import msgspec

from services.fetcher.feed_document import Entry
from services.fetcher.origin import feed_address
from services.fetcher.pagetime import latest
from services.fetcher.records import FeedRecord, UrlRecord
from shared.identity import article_id
from shared.observe import metrics


def named_articles(entries: Iterable[Entry], oldest: float, forgotten: float = 0.0) -> dict[str, Entry]:
    """The articles that a feed names, by id, each once.

    Left out and counted are entries without an address that could be asked for, those that a sitemap dates before
    `oldest`, and those that any feed dates before `forgotten`: they may have been here before.
    """
    named: dict[str, Entry] = {}
    for entry in entries:
        try:
            key = article_id(entry.link)  # in an address of these two schemes, parsed, there is a host
            if not entry.link.lower().startswith(("http://", "https://")):
                raise ValueError(entry.link)
        except ValueError:
            metrics.ENTRIES_DROPPED.labels("no_link").inc()
            continue
        published = entry.told.published
        if (entry.changed and latest(entry.changed) < oldest) or (published and latest(published) < forgotten):
            metrics.ENTRIES_DROPPED.labels("too_old").inc()
            continue
        named.setdefault(key, entry)
    return named


def found_url(key: str, entry: Entry, feed: FeedRecord, now: float) -> UrlRecord:
    """An article that is named for the first time."""
    told = msgspec.json.encode(entry.told)
    return UrlRecord(
        key=key, url=entry.link, source_id=feed.source_id, channel=feed.kind, entry=told, discovered_at=now
    )


def found_sitemaps(links: Iterable[str], index: FeedRecord) -> list[FeedRecord]:
    """The sitemaps that a sitemap index names. An index inside an index is against the protocol and not followed."""
    sitemaps = []
    for link in links if not index.parent else ():
        try:
            url = feed_address(link)
        except ValueError:
            metrics.ENTRIES_DROPPED.labels("no_link").inc()
            continue
        sitemaps.append(FeedRecord(url=url, source_id=index.source_id, kind="sitemap", parent=index.url))
    return sitemaps
