"""Feeds and sitemaps as bytes: RSS 2.0, Atom, JSON Feed, a Google News sitemap behind a sitemap index.

All list newest first. The formats: https://www.rssboard.org/rss-specification, RFC 4287,
https://www.jsonfeed.org/version/1.1/, https://www.sitemaps.org/protocol.html and
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from services.newsroom.pages import TEMPLATES, summary
from services.newsroom.sites import Site, address, linked
from services.newsroom.timeline import Standing

NEWS_AGE = timedelta(days=2)  # a news sitemap lists no older articles; here as of the anchor
XML = {"/rss.xml": "application/rss+xml", "/atom.xml": "application/atom+xml"}
SITEMAPS = ("/sitemap.xml", "/sitemap-news.xml", "/sitemap-archive.xml")


def json_feed(site: Site, base: str, standings: Sequence[Standing]) -> bytes:
    """JSON Feed 1.1."""
    items = [
        {
            "id": address(base, site, one.article),
            "url": linked(base, site, one.article),
            "title": one.title,
            "summary": summary(one),
            "content_text": summary(one),
            "date_published": one.published.isoformat(),
            "date_modified": one.changed.isoformat(),
            "authors": [{"name": name} for name in one.article.authors],
            "tags": [one.article.section],
            "language": one.article.language,
        }
        for one in standings
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def document(
    site: Site, base: str, path: str, standings: Sequence[Standing], anchor: datetime, changed: datetime
) -> tuple[str, bytes]:
    """(media type, bytes) of a feed or sitemap of the site.

    `standings` are the live articles, newest first; `changed` is when the list last changed.
    """
    if path == "/feed.json":
        return "application/feed+json", json_feed(site, base, standings)
    news = [one for one in standings if one.published >= anchor - NEWS_AGE]
    archive = [one for one in standings if one.published < anchor - NEWS_AGE]
    body = TEMPLATES.get_template(path.removeprefix("/")).render(
        site=site,
        base=base,
        standings={"/sitemap-news.xml": news, "/sitemap-archive.xml": archive}.get(path, standings),
        changed=changed,
        address=lambda one: address(base, site, one.article),
        linked=lambda one: linked(base, site, one.article),
        summary=summary,
        rfc822=format_datetime,
    )
    return XML.get(path, "application/xml"), body.encode()
