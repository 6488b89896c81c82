"""Several fetchers on one store: a shard that moves costs its hosts nothing, and each host is asked by one of them."""

import signal
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from services.fetcher.shards import shard_of
from services.fetcher.sources import SourceConfig
from services.fetcher.views import Views
from tests.fixtures.scripted_publisher import Says, page, rss
from tests.fixtures.sharded_fetcher import Fetchers, sites

SHARDS, SITES, INTERVAL, DELAY = 4, 10, 4.0, 0.1
LATE = 0.5  # seconds from the claim, from which an interval counts, to the request on a machine that is busy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "d"


def sources_of(given) -> list[SourceConfig]:
    return [
        SourceConfig(
            id=f"s{n}",
            feeds=(f"{site.origin}/feed",),
            delay_seconds=DELAY,
            interval_min_seconds=INTERVAL,
            interval_max_seconds=INTERVAL,
            recheck_seconds=(86_400.0,),
        )
        for n, site in enumerate(given)
    ]


def manners_hold(given) -> None:
    for site in given:
        times = [at for at, _ in site.asked]
        assert site.publisher.most_at_once <= 1
        assert min((later - earlier for earlier, later in pairwise(times)), default=1.0) >= 0.9 * DELAY - 0.005
        polls = site.times("/feed")
        assert min((later - earlier for earlier, later in pairwise(polls)), default=INTERVAL) >= 0.9 * INTERVAL - LATE
        others = Counter(path for _, path in site.asked if path != "/feed")
        assert set(others.values()) <= {1}, others  # robots.txt and every page: once, whoever had the shard


async def polled_again(fetchers, given) -> None:
    """Every feed is asked once more, by whoever has its shard."""
    seen = [len(site.times("/feed")) for site in given]
    await fetchers.until(lambda: all(len(s.times("/feed")) > n for s, n in zip(given, seen, strict=True)))


async def test_a_shard_that_moves_costs_its_hosts_no_request(world, folder):
    async with sites(world, SITES) as given:
        for n, site in enumerate(given):
            there = given[(n + 1) % SITES].origin  # every feed names a page of its own, and one of another host
            site.pages["/feed"] = rss("/own", f"{there}/from-{n}")
            site.pages |= {"/own": page(f"Own {n}")} | {f"/from-{m}": page(f"Found by {m}") for m in range(SITES)}
        fetchers = Fetchers(folder, SHARDS, sources_of(given), given)
        try:
            first, second = await fetchers.start(), await fetchers.start()
            await fetchers.until(lambda: all(len(site.asked) >= 4 for site in given))  # robots.txt, feed, two pages
            await fetchers.quiet(0.5)
            assert await fetchers.stop(first, signal.SIGKILL) == -signal.SIGKILL
            third = await fetchers.start()
            await polled_again(fetchers, given)
            await fetchers.quiet(0.3)
            assert await fetchers.stop(second) == 0
            await polled_again(fetchers, given)
            await polled_again(fetchers, given)
            assert await fetchers.stop(third) == 0
        finally:
            await fetchers.close()
    manners_hold(given)
    assert len({shard_of(site.origin, SHARDS) for site in given}) > 1
    assert Views(folder).fates() == {"fetched": 2 * SITES}
    assert Views(folder).outbox_size() == 2 * SITES


async def test_redirects_across_shards_end_where_the_article_is(world, folder):
    async with sites(world, 6) as given:
        feed, *rest = given
        for site in rest:
            site.idle = True
        chain = [site for site in rest if shard_of(site.origin, SHARDS) != shard_of(feed.origin, SHARDS)]
        assert chain, "all in one shard"
        far = chain[0]
        feed.pages["/feed"] = Says(status=302, headers={"Location": f"{far.origin}/rss"})
        feed.pages["/robots.txt"] = Says(status=301, headers={"Location": f"{far.origin}/robots.txt"})
        far.pages["/robots.txt"] = Says(b"User-agent: *\nDisallow: /secret\n")
        far.pages["/rss"] = rss(f"{feed.origin}/short", f"{feed.origin}/bounce", f"{feed.origin}/secret")
        feed.pages["/short"] = Says(status=301, headers={"Location": f"{far.origin}/long"})
        far.pages["/long"] = page("The long one")
        feed.pages["/bounce"] = Says(status=302, headers={"Location": f"{far.origin}/gate"})
        far.pages["/gate"] = Says(status=302, headers={"Location": f"{feed.origin}/bounce?utm_source=gate"})
        feed.pages["/bounce?utm_source=gate"] = page("Let in")
        spare = next(site for site in rest if site is not far)
        fetchers = Fetchers(folder, SHARDS, sources_of([spare]), given)
        try:
            running = [await fetchers.start(), await fetchers.start()]
            await fetchers.shared_out()  # what is under way when a shard moves waits until its claim runs out
            fetchers.configure(sources_of([feed]))
            await fetchers.until(lambda: [path for _, path in feed.asked].count("/bounce?utm_source=gate") > 0)
            await fetchers.quiet(1.5)
            for child in running:
                assert await fetchers.stop(child) == 0
        finally:
            await fetchers.close()
    assert Views(folder).fates() == {"fetched": 2, "redirected": 2, "refused": 1}
    assert Views(folder).refusals() == {"robots": 1}
    assert "/secret" not in [path for _, path in feed.asked]
    for site in given:
        assert site.publisher.most_at_once <= 1
        times = [at for at, _ in site.asked]
        assert min((later - earlier for earlier, later in pairwise(times)), default=1.0) >= 0.9 * DELAY - 0.005
