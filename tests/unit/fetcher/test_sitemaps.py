"""News sitemaps and their indexes."""

from services.fetcher.feed_document import FeedDocument
from services.fetcher.feeds import parse_feed

MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URL = "https://news.example/sitemap.xml"


def read(body: str, **more):
    return parse_feed(FeedDocument(URL, body.encode(), **more))


def test_a_news_sitemap_with_images_the_latest_first():
    feed = read(
        f'<urlset {MAP} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        "<url><loc>https://news.example/old</loc><n:news><n:publication><n:name>N</n:name><n:language>en</n:language>"
        "</n:publication><n:publication_date>2026-11-21</n:publication_date><n:title>Old</n:title></n:news></url>"
        "<url><loc>\n https://news.example/new?a=1&amp;b=2 </loc><n:news>"
        "<n:publication_date>2026-11-22T08:30:00+02:00</n:publication_date><n:title>New &amp;amp; shiny</n:title>"
        "<n:keywords>a, b,a</n:keywords></n:news><image:image><image:loc>https://news.example/i.jpg</image:loc>"
        "<image:title>An image</image:title></image:image></url></urlset>"
    )
    new, old = feed.entries
    assert (new.link, old.link) == ("https://news.example/new?a=1&b=2", "https://news.example/old")
    assert (new.told.title, new.told.published) == ("New & shiny", "2026-11-22T08:30:00+02:00")
    assert new.told.categories == ("a", "b")
    assert old.told.published == "2026-11-21"


def test_a_plain_sitemap_takes_its_order_from_lastmod_but_no_publication_date():
    feed = read(
        f"<urlset {MAP}><url><loc>/1</loc><lastmod>2026-11-01</lastmod></url>"
        "<url><loc>/2</loc><lastmod>2026-11-22</lastmod></url><url><lastmod>2026-11-23</lastmod></url></urlset>",
        max_entries=2,
    )
    assert [entry.link for entry in feed.entries] == ["", "https://news.example/2"]
    assert feed.over_limit == 1
    assert feed.entries[1].told.published is None


def test_an_index_names_its_sitemaps_the_latest_first_up_to_a_limit():
    names = "".join(
        f"<sitemap><loc>/{day}.xml</loc><lastmod>2026-11-{day:02}T00:00:00Z</lastmod></sitemap>" for day in range(1, 30)
    )
    feed = read(f"<sitemapindex {MAP}>{names}</sitemapindex>", max_sitemaps=2)
    assert feed.sitemaps == ("https://news.example/29.xml", "https://news.example/28.xml")
    assert feed.entries == ()


def test_a_truncated_sitemap_gives_what_was_there():
    assert [
        entry.link for entry in read(f"<urlset {MAP}><url><loc>https://a.example/1</loc></url><url><lo").entries
    ] == ["https://a.example/1"]
