"""The fetcher against a scripted publisher: what it asks, when, and what reaches the outbox."""

import asyncio
import time

import pytest

from services.fetcher.crawl import JOBS
from services.fetcher.feeds import parse_feed
from services.fetcher.sources import SourceConfig
from shared.identity import article_id

HOUR, DAY = 3600.0, 86_400.0


def source(publisher, **more) -> SourceConfig:
    given = {"id": "news", "name": "News", "feeds": (f"{publisher.origin}/feed",), "delay_seconds": 1.0, **more}
    return SourceConfig(**given)


async def test_the_first_poll_brings_every_article_once(world):
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1", "/2"), "/1": world.page("One"), "/2": world.page("Two")}
        articles = await world.live(60, source(site, country="DE", language="de", tags=("test",)))
    assert site.paths() == ["/robots.txt", "/feed", "/1", "/2"]
    feed = site.asked[1].headers
    assert feed["user-agent"] == "wireroom/0.1.0 (+https://wireroom.example/contact)"
    assert "application/rss+xml" in feed["accept"]
    assert not {"if-none-match", "if-modified-since", "cookie", "referer"} & feed.keys()
    one, two = articles
    assert (one.url, two.url) == (f"{site.origin}/1", f"{site.origin}/2")
    assert one.article_id == article_id(one.url)
    assert "<p>One</p>" in one.content
    assert (one.media_type, one.charset, one.http.status) == ("text/html", "utf-8", 200)
    assert (one.source.id, one.source.channel, one.source.country) == ("news", "feed", "DE")
    assert one.feed_entry is not None
    assert one.feed_entry.title == "Title of /1"
    assert one.feed_entry.published == "2026-11-22T08:30:00+02:00"
    assert one.revision == int(one.fetched_at.timestamp() * 1000)
    assert world.fates == {"fetched": 2}


async def test_an_edit_is_found_by_looking_again(world):
    async with world.publisher() as site:

        def article(asked):
            text = "First version" if asked.at - 1_795_000_000 < 2 * HOUR else "Corrected"
            if asked.headers.get("if-none-match") == f'"{text}"':
                return world.Says(status=304)
            return world.page(text, ETag=f'"{text}"')

        site.answers |= {"/feed": world.rss("/1"), "/1": article}
        first, second = await world.live(4 * DAY, source(site))
    assert len(site.times("/1")) == 5  # at once, then after an hour, six, a day, three days
    assert "Corrected" in second.content
    assert second.article_id == first.article_id
    assert second.revision > first.revision
    assert second.first_seen_at == first.first_seen_at


async def test_the_same_bytes_are_no_event(world):
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1"), "/1": world.page("One")}
        articles = await world.live(4 * DAY, source(site))
    assert len(site.times("/1")) == 5
    assert len(articles) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_an_article_gone_twice_is_withdrawn_once(world, status: int):
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/1"),
            "/1": lambda asked: world.page("One") if len(site.times("/1")) == 1 else world.Says(status=status),
        }
        live, withdrawn = await world.live(4 * DAY, source(site))
    assert (withdrawn.state, withdrawn.content, withdrawn.article_id) == ("withdrawn", "", live.article_id)
    assert withdrawn.revision > live.revision
    assert world.fates == {"gone": 1}


async def test_an_article_missing_once_stays(world):
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/1"),
            "/1": lambda asked: world.page("One") if len(site.times("/1")) != 2 else world.Says(status=404),
        }
        articles = await world.live(4 * DAY, source(site))
    assert [article.state for article in articles] == ["live"]
    assert world.fates == {"fetched": 1}


async def test_a_withdrawn_article_that_returns_is_live_again(world):
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/1"),
            "/1": lambda asked: world.Says(status=404) if len(site.times("/1")) in (2, 3) else world.page("One"),
        }
        articles = await world.live(4 * DAY, source(site))
    assert [article.state for article in articles] == ["live", "withdrawn", "live"]


async def test_robots_txt_is_obeyed_and_asked_once_a_day(world):
    async with world.publisher() as site:
        site.answers |= {
            "/robots.txt": world.Says(b"User-agent: wireroom\nDisallow: /secret\n"),
            "/feed": world.rss("/1", "/secret/2"),
            "/1": world.page("One"),
        }
        articles = await world.live(3 * DAY, source(site))
    assert [article.url for article in articles] == [f"{site.origin}/1"]
    assert "/secret/2" not in site.paths()
    asked = site.times("/robots.txt")
    assert len(asked) > 1
    assert all(later - earlier >= DAY for earlier, later in zip(asked, asked[1:], strict=False))
    assert world.refusals == {"robots": 1}


async def test_a_feed_that_robots_txt_forbids_is_left_alone_unless_the_operator_says_so(world):
    async with world.publisher() as site:
        site.answers |= {"/robots.txt": world.Says(b"User-agent: *\nDisallow: /feed\n"), "/feed": world.rss("/1")}
        site.answers |= {"/1": world.page("One")}
        assert await world.live(HOUR, source(site)) == []
        assert "/feed" not in site.paths()
        articles = await world.live(2 * HOUR, source(site, feeds_robots="ignore"))
    assert len(articles) == 1


async def test_nothing_is_asked_while_robots_txt_cannot_be_had(world):
    async with world.publisher() as site:
        site.answers |= {"/robots.txt": world.Says(status=500), "/feed": world.rss("/1"), "/1": world.page("One")}
        assert await world.live(HOUR, source(site)) == []
        assert set(site.paths()) == {"/robots.txt"}
        site.answers["/robots.txt"] = world.Says(status=404)
        assert len(await world.live(DAY, source(site))) == 1


async def test_429_with_retry_after_rests_the_whole_host(world):
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/1", "/2"),
            "/1": lambda asked: (
                world.Says(status=429, headers={"Retry-After": "7200"})
                if len(site.times("/1")) == 1
                else world.page("One")
            ),
            "/2": world.page("Two"),
        }
        articles = await world.live(3 * HOUR, source(site, interval_min_seconds=60, interval_max_seconds=120))
    refused_at = site.times("/1")[0]
    after = [asked.at - 1_795_000_000 - refused_at for asked in site.asked]
    assert not [seconds for seconds in after if 0 < seconds < 7200]
    assert sorted(article.url for article in articles) == [f"{site.origin}/1", f"{site.origin}/2"]
    assert world.fates == {"fetched": 2}


async def test_a_redirect_decides_which_article_it_is(world):
    async with world.publisher() as site, world.publisher() as mirror:
        site.answers |= {
            "/feed": world.rss("/short", f"{mirror.origin}/long"),
            "/short": world.Says(status=302, headers={"Location": f"{mirror.origin}/long"}),
        }
        mirror.answers |= {"/long": world.page("One")}
        (article,) = await world.live(60, source(site))
    assert article.final_url == f"{mirror.origin}/long"
    assert article.article_id == article_id(article.final_url)
    assert world.fates == {"fetched": 1, "redirected": 1}


async def test_robots_txt_counts_on_every_hop(world):
    async with world.publisher() as site, world.publisher() as walled:
        site.answers |= {
            "/feed": world.rss("/short"),
            "/short": world.Says(status=301, headers={"Location": f"{walled.origin}/long"}),
        }
        walled.answers["/robots.txt"] = world.Says(b"User-agent: *\nDisallow: /\n")
        assert await world.live(60, source(site)) == []
    assert walled.paths() == ["/robots.txt"]
    assert world.refusals == {"robots": 1}


async def test_an_article_that_moves_for_good_is_found_at_its_new_place(world):
    async with world.publisher() as site:
        moved = world.Says(status=301, headers={"Location": "/new"})
        site.answers |= {
            "/feed": world.rss("/old"),
            "/old": lambda asked: world.page("One") if len(site.times("/old")) == 1 else moved,
            "/new": world.page("One"),
        }
        old, new, withdrawn = await world.live(4 * DAY, source(site))
    assert (new.url, new.state) == (f"{site.origin}/new", "live")
    assert (withdrawn.article_id, withdrawn.state) == (old.article_id, "withdrawn")
    assert world.fates == {"fetched": 1, "redirected": 1}


BAD_PAGES = {
    "too_large": ("text/html", b"<p>" + b"x" * (9 << 20)),
    "charset": ("text/html; charset=utf-8", b"<p>" + bytes(range(128, 256)) * 40),
    "unknown charset": ("text/html; charset=x-made-up", b"<p>caf\xe9 \xff\xfe\xfd"),
    "media_type": ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00"),
}


@pytest.mark.parametrize("case", BAD_PAGES)
async def test_a_bad_page_is_refused_and_its_neighbour_arrives(world, case: str):
    media_type, body = BAD_PAGES[case]
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/bad", "/good"),
            "/bad": world.Says(body, headers={"Content-Type": media_type}),
            "/good": world.page("Good"),
        }
        articles = await world.live(60, source(site))
    assert [article.url for article in articles] == [f"{site.origin}/good"]
    assert world.refusals == {case.split()[-1]: 1}


@pytest.mark.parametrize(("status", "fate"), [(403, "refused"), (410, "gone"), (404, "gone"), (500, "refused")])
async def test_a_url_that_never_answers_with_a_page_gets_a_fate(world, status: int, fate: str):
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1"), "/1": world.Says(status=status)}
        assert await world.live(2 * DAY, source(site)) == []
    assert world.fates == {fate: 1}
    assert len(site.times("/1")) == (1 if status in (403, 410) else 8)


async def test_a_url_inside_our_network_is_refused_unasked(world):
    async with world.publisher() as site, world.publisher() as inside:
        site.answers["/feed"] = world.rss("http://127.0.0.1:9/admin", "http://10.0.0.1/", "http://169.254.169.254/")
        world.publishers.remove(inside)
        site.answers["/feed"] = world.rss(f"{inside.origin}/admin", "http://10.0.0.1/", "http://169.254.169.254/")
        assert await world.live(HOUR, source(site)) == []
    assert inside.asked == []
    assert world.refusals == {"address": 3}


async def test_a_feed_that_is_no_feed_fails_with_words_and_slows_down(world):
    async with world.publisher() as site:
        site.answers["/feed"] = world.page("Welcome")
        await world.live(DAY, source(site))
        gaps = site.times("/feed")
    assert len(gaps) < 8
    store = type(world.store)(world.folder)
    feed = store.feed(f"{site.origin}/feed")
    store.close()
    assert (feed.outcome, feed.detail) == ("failed", "not a feed: an HTML page")


async def test_one_request_at_a_time_and_the_delay_between(world):
    async with world.publisher() as site:
        links = [f"/{n}" for n in range(5)]
        site.answers |= {"/feed": world.rss(*links), "/b": world.rss(*links)}
        site.answers |= {link: world.page(link) for link in links}
        feeds = (f"{site.origin}/feed", f"{site.origin}/b")
        await world.live(120, source(site, feeds=feeds, delay_seconds=None))
    times = [asked.at for asked in site.asked]
    assert len(times) == 8
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 5
    assert site.most_at_once == 1


async def test_a_declared_crawl_delay_holds_also_where_it_is_shorter(world):
    async with world.publisher() as site:
        site.answers |= {
            "/robots.txt": world.Says(b"User-agent: *\nCrawl-delay: 0.5\n"),
            "/feed": world.rss("/1", "/2"),
            "/1": world.page("One"),
            "/2": world.page("Two"),
        }
        await world.live(60, source(site, delay_seconds=None))
    times = [asked.at for asked in site.asked]
    assert [later - earlier for earlier, later in zip(times, times[1:], strict=False)] == pytest.approx([0.5] * 3)


async def test_a_redirect_within_a_host_waits_its_delay_unless_that_is_beyond_all_patience(world):
    async with world.publisher() as site:
        site.answers |= {
            "/feed": world.rss("/old"),
            "/old": world.Says(status=301, headers={"Location": "/new"}),
            "/new": world.page("One"),
        }
        (article,) = await world.live(120, source(site, delay_seconds=20))
        assert article.final_url == f"{site.origin}/new"
        assert site.times("/new")[0] - site.times("/old")[0] >= 20
    async with world.publisher() as slow:
        slow.answers |= site.answers | {"/robots.txt": world.Says(b"User-agent: *\nCrawl-delay: 120\n")}
        await world.live(DAY, source(slow, id="slow"))
    times = [asked.at for asked in slow.asked]
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 120
    assert world.refusals == {"redirects": 1}


async def test_a_parser_that_dies_fails_its_feed_and_no_other(world):
    async def parse(document):
        if document.url.endswith("/evil"):
            raise RuntimeError("worker ended with exit code -9")
        return parse_feed(document)

    world.parse = parse
    async with world.publisher() as site:
        site.answers |= {"/evil": world.rss("/2"), "/feed": world.rss("/1"), "/1": world.page("One")}
        (article,) = await world.live(60, source(site, feeds=(f"{site.origin}/evil", f"{site.origin}/feed")))
    assert article.url == f"{site.origin}/1"
    store = type(world.store)(world.folder)
    feed = store.feed(f"{site.origin}/evil")
    store.close()
    assert (feed.outcome, feed.detail) == ("failed", "unreadable: RuntimeError: worker ended with exit code -9")


async def test_an_error_of_ours_stops_one_job_and_is_told(world, monkeypatch, capsys):
    async def broken(job, means):
        raise ZeroDivisionError

    monkeypatch.setitem(JOBS, "page", broken)
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1")}
        await world.live(HOUR, source(site, interval_min_seconds=600, interval_max_seconds=600))
    assert len(site.times("/feed")) > 4
    assert world.fates == {"open": 1}
    assert "ZeroDivisionError" in capsys.readouterr().out


async def test_a_news_sitemap_and_its_index(world):
    async with world.publisher() as site:
        site.answers |= {
            "/index": world.Says(
                b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                b"<sitemap><loc>/map</loc></sitemap></sitemapindex>"
            ),
            "/map": world.Says(
                b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
                b'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/1</loc><n:news>'
                b"<n:publication_date>2026-11-22</n:publication_date><n:title>A &amp; B</n:title></n:news></url>"
                b"</urlset>"
            ),
            "/1": world.page("One"),
        }
        (article,) = await world.live(60, source(site, feeds=(), sitemaps=(f"{site.origin}/index",)))
    assert article.source.channel == "sitemap"
    assert article.feed_entry is not None
    assert (article.feed_entry.title, article.feed_entry.published) == ("A & B", "2026-11-22")


async def test_old_pages_of_a_sitemap_are_left_alone(world):
    async with world.publisher() as site:
        site.answers |= {
            "/map": world.Says(
                b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/old</loc>'
                b"<lastmod>2020-01-01</lastmod></url><url><loc>/new</loc><lastmod>2026-11-15</lastmod></url></urlset>"
            ),
            "/new": world.page("New"),
        }
        (article,) = await world.live(60, source(site, feeds=(), sitemaps=(f"{site.origin}/map",)))
    assert article.url == f"{site.origin}/new"
    assert "/old" not in site.paths()


async def test_a_page_that_always_says_503_ends_and_does_not_hold_up_the_others(world):
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1", "/2"), "/1": world.Says(status=503), "/2": world.page("Two")}
        (article,) = await world.live(4 * DAY, source(site))
    assert article.url == f"{site.origin}/2"
    assert len(site.times("/1")) == 8
    assert world.refusals == {"http_status": 1}


async def test_a_source_s_own_headers_go_to_its_feed_only(world, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("Authorization: Bearer secret\n", encoding="utf-8")
    async with world.publisher() as site, world.publisher() as other:
        site.answers |= {"/feed": world.Says(status=302, headers={"Location": f"{other.origin}/feed"})}
        other.answers |= {"/feed": world.rss(f"{site.origin}/1")}
        site.answers |= {"/1": world.page("One")}
        assert len(await world.live(60, source(site, headers_file=str(keys)))) == 1
    told = {(asked.path, "authorization" in asked.headers) for asked in (*site.asked, *other.asked)}
    assert {path for path, authorised in told if authorised} == {"/feed"}
    assert not any("authorization" in asked.headers for asked in other.asked)


async def test_rights_headers_travel_with_the_article(world):
    async with world.publisher() as site:
        headers = {"X-Robots-Tag": "noarchive", "TDM-Reservation": "1"}
        site.answers |= {"/feed": world.rss("/1"), "/1": world.page("One", **headers)}
        (article,) = await world.live(60, source(site))
    assert [(right.signal, right.value) for right in article.rights] == [("noarchive", ""), ("tdm-reservation", "1")]
    assert article.http.robots == ("noarchive",)


async def test_a_full_outbox_pauses_the_fetcher(world):
    async with world.publisher() as site:
        links = [f"/{n}" for n in range(10)]
        site.answers |= {"/feed": world.rss(*links)} | {link: world.page(link) for link in links}
        world.settings = type(world.settings)(outbox_max=3)
        assert len(await world.live(60, source(site))) == 3
        world.settings = type(world.settings)()
        assert len(await world.live(60, source(site))) == 10


async def test_stopping_does_not_wait_for_a_slow_server(world):
    async with world.publisher() as site:
        site.answers["/robots.txt"] = world.Says(status=404, seconds=20)
        world.clock.pass_time = lambda seconds: asyncio.sleep(0.2)  # type: ignore[method-assign]
        before = time.monotonic()
        await world.live(1, source(site))
    assert time.monotonic() - before < 4
