"""A site that reserves text and data mining for all its pages says so once, and is asked once a day."""

import json

from msgspec.structs import replace

from services.fetcher.sources import SourceConfig

HOUR, DAY = 3600.0, 86_400.0
WELL_KNOWN = "/.well-known/tdmrep.json"


def source(site, **more) -> SourceConfig:
    given = {"id": "news", "feeds": (f"{site.origin}/feed",), "delay_seconds": 1.0, **more}
    return SourceConfig(**given)


def reserves(world, location: str = "/"):
    return world.Says(json.dumps([{"location": location, "tdm-reservation": 1}]).encode())


def rights(article) -> list[tuple[str, str, str]]:
    return [(right.signal, right.value, right.origin) for right in article.rights]


async def test_a_reservation_stands_on_every_article_with_its_origin(world):
    world.settings = replace(world.settings, tdm_well_known=True)
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1", "/2"), WELL_KNOWN: reserves(world)}
        site.answers |= {"/1": world.page("One"), "/2": world.page("Two", **{"TDM-Reservation": "0"})}
        one, two = await world.live(60, source(site))
    assert rights(one) == [("tdm-reservation", "1", "well-known")]
    assert rights(two) == [("tdm-reservation", "0", "header"), ("tdm-reservation", "1", "well-known")]
    assert site.paths() == ["/robots.txt", "/feed", WELL_KNOWN, "/1", "/2"]
    times = [asked.at for asked in site.asked]
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 1


async def test_a_site_is_asked_once_a_day_and_not_at_all_where_robots_txt_or_the_operator_says_so(world):
    world.settings = replace(world.settings, tdm_well_known=True)
    async with world.publisher() as site, world.publisher() as walled:
        for one in (site, walled):
            one.answers |= {"/feed": world.rss("/1"), WELL_KNOWN: reserves(world)}
            one.answers["/1"] = lambda asked: world.page(str(asked.at))
        walled.answers["/robots.txt"] = world.Says(b"User-agent: *\nDisallow: /.well-known\n")
        ages = tuple(n * 6 * HOUR for n in range(1, 13))
        await world.live(4 * DAY, source(site, recheck_seconds=ages), source(walled, id="walled"))
        assert 3 <= len(site.times(WELL_KNOWN)) <= 4
        assert walled.times(WELL_KNOWN) == []
        assert len(walled.times("/1")) == 5
    async with world.publisher() as off:
        world.settings = replace(world.settings, tdm_well_known=False)
        off.answers |= {"/feed": world.rss("/1"), "/1": world.page("One")}
        await world.live(HOUR, source(off))
    assert WELL_KNOWN not in off.paths()


async def test_after_a_redirect_the_site_that_answers_is_asked(world):
    world.settings = replace(world.settings, tdm_well_known=True)
    async with world.publisher() as site, world.publisher() as home:
        site.answers |= {
            "/feed": world.rss("/short"),
            "/short": world.Says(status=302, headers={"Location": f"{home.origin}/long"}),
        }
        home.answers |= {"/long": world.page("One"), WELL_KNOWN: reserves(world, "/long")}
        (article,) = await world.live(HOUR, source(site))
    assert rights(article) == [("tdm-reservation", "1", "well-known")]


async def test_a_file_that_cannot_be_had_holds_nothing_up(world):
    world.settings = replace(world.settings, tdm_well_known=True)
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1"), "/1": world.page("One"), WELL_KNOWN: world.Says(status=500)}
        (article,) = await world.live(HOUR, source(site))
    assert article.rights == ()
