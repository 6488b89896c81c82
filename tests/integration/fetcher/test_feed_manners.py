"""How a feed reader behaves: the 24 stimuli that publishers of feeds complain about, each against a scripted server.

| id | stimulus | must |
|---|---|---|
| FR01 | first poll | exactly one unconditional GET |
| FR02 | 200 with ETag and Last-Modified | the next request carries both, byte for byte |
| FR03 | only one of the two | only that one goes back, never an invented date |
| FR04 | the ETag changes, nothing else does | the new one goes back |
| FR05 | the same body under new validators | the new ones go back |
| FR06 | 304 with a new ETag | it goes back; nothing is parsed, no event |
| FR07 | validators vanish | nothing goes back |
| FR08 | a day of 304 | no unconditional request |
| FR09 | twenty restarts within an hour | one request |
| FR10 | max-age=43200 | no request within 12 hours |
| FR11 | 429 with Retry-After, as seconds or date | none to the host before that |
| FR12 | 503 without Retry-After | twice as late each time, one retry within the hour |
| FR13 | ttl, skipHours, skipDays, sy:updatePeriod | the longest holds |
| FR14 | ten feeds on one host | one at a time, 5 seconds apart |
| FR15 | 301 or 308, three times over a day | the stored address changes; after 302 and 307 never |
| FR16 | 410 | never asked again |
| FR17 | Set-Cookie | no cookie, no referrer, nothing added to the address |
| FR18 | request headers | who asks, which types, compression |
| FR19 | every poll | no HEAD, no icon, no second look for feeds |
| FR20 | one feed in several spellings | one request |
| FR21 | TLS fails | nothing is asked without TLS |
| FR22 | 200 with the same bytes every time | at least an hour between requests |
| FR23 | a server that repeats its ETag over new content | one request without validators a day, after evidence only |
| FR24 | the clock jumps a day either way | no burst |
"""

from email.utils import formatdate

import pytest

from services.fetcher.feeds import parse_feed
from services.fetcher.sources import SourceConfig

HOUR, DAY = 3600.0, 86_400.0
START = 1_795_000_000.0
VALIDATORS = ("if-none-match", "if-modified-since")
NO_LOOKS = (9 * DAY,)


def source(site, **more) -> SourceConfig:
    given = {"id": "news", "feeds": (f"{site.origin}/feed",), "delay_seconds": 1.0, "recheck_seconds": NO_LOOKS, **more}
    return SourceConfig(**given)


def polls(site, path: str = "/feed"):
    return [asked for asked in site.asked if asked.path == path]


def conditions(site) -> list[tuple[str, ...]]:
    """The validators of each poll, empty where there were none."""
    return [tuple(asked.headers.get(name, "") for name in VALIDATORS) for asked in polls(site)]


def gaps(site, path: str = "/feed") -> list[float]:
    times = site.times(path)
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


def empty(world, **headers: str):
    answer = world.rss()
    answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    return answer


async def test_fr01_the_first_poll_is_one_unconditional_get(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world)
        await world.live(10, source(site))
    assert site.paths() == ["/robots.txt", "/feed"]
    assert [asked.method for asked in site.asked] == ["GET", "GET"]
    assert conditions(site) == [("", "")]


async def test_fr02_validators_go_back_byte_for_byte(world):
    etag, date = "W/\"a'b", "Sunday, 22-Nov-26 8:00:00 GMT"
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world, ETag=etag, Last_Modified=date)
        await world.live(6 * HOUR, source(site))
    assert conditions(site)[0] == ("", "")
    assert set(conditions(site)[1:]) == {(etag, date)}


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({"ETag": '"x"'}, ('"x"', "")), ({"Last_Modified": "yesterday"}, ("", "yesterday"))],
    ids=["etag", "last-modified"],
)
async def test_fr03_only_what_was_given_goes_back(world, headers, sent):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world, **headers)
        await world.live(6 * HOUR, source(site))
    assert set(conditions(site)[1:]) == {sent}


async def test_fr04_a_new_etag_alone_is_taken(world):
    async with world.publisher() as site:
        site.answers["/feed"] = lambda _: empty(world, ETag=f'"{len(polls(site))}"', Last_Modified="always")
        await world.live(12 * HOUR, source(site))
    assert conditions(site)[1:4] == [('"1"', "always"), ('"2"', "always"), ('"3"', "always")]


async def test_fr05_new_validators_of_the_same_body_are_taken(world):
    async with world.publisher() as site:
        site.answers["/feed"] = lambda _: empty(
            world, ETag=f'"{len(polls(site))}"', Last_Modified=f"{len(polls(site))}"
        )
        await world.live(6 * HOUR, source(site))
    assert conditions(site)[1:3] == [('"1"', "1"), ('"2"', "2")]


async def test_fr06_a_304_may_bring_a_new_etag_and_is_no_event(world):
    parsed = []

    async def parse(document):
        parsed.append(document.url)
        return parse_feed(document)

    world.parse = parse
    async with world.publisher() as site:

        def feed(_):
            answer = world.rss("/1") if len(polls(site)) == 1 else world.Says(status=304)
            answer.headers["ETag"] = f'"{len(polls(site))}"'
            return answer

        site.answers |= {"/feed": feed, "/1": world.page("One")}
        articles = await world.live(6 * HOUR, source(site))
    assert conditions(site)[1:3] == [('"1"', ""), ('"2"', "")]
    assert (len(parsed), len(articles)) == (1, 1)


async def test_fr07_validators_that_vanish_are_no_longer_sent(world):
    async with world.publisher() as site:
        site.answers["/feed"] = lambda _: empty(world, ETag='"x"') if len(polls(site)) == 1 else empty(world)
        await world.live(12 * HOUR, source(site))
    assert conditions(site)[:3] == [("", ""), ('"x"', ""), ("", "")]


async def test_fr08_a_day_of_304_has_no_unconditional_request(world):
    async with world.publisher() as site:
        site.answers["/feed"] = lambda asked: (
            world.Says(status=304) if asked.headers.get("if-none-match") == '"x"' else empty(world, ETag='"x"')
        )
        await world.live(DAY, source(site, interval_max_seconds=900))
    assert len(polls(site)) > 80
    assert conditions(site).count(("", "")) == 1


async def test_fr09_twenty_restarts_within_an_interval_ask_once(world):
    async with world.publisher() as site:
        site.answers |= {"/feed": world.rss("/1"), "/1": world.page("One")}
        for _ in range(20):
            articles = await world.live(90, source(site))
    assert (len(polls(site)), len(polls(site, "/1")), len(articles)) == (1, 1, 1)
    assert len(polls(site, "/robots.txt")) == 1


async def test_fr10_a_fresh_answer_is_not_asked_for_again(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world, Cache_Control="public, max-age=43200")
        await world.live(3 * DAY, source(site))
    assert len(gaps(site)) > 1
    assert min(gaps(site)) >= 12 * HOUR


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_fr11_retry_after_holds_for_the_whole_host(world, form: str):
    async with world.publisher() as site:

        def busy(asked):
            if len(polls(site)) > 1:
                return empty(world)
            until = "3600" if form == "seconds" else formatdate(asked.at + 3600, usegmt=True)
            return world.Says(status=429, headers={"Retry-After": until})

        site.answers |= {"/feed": busy, "/other": empty(world)}
        feeds = (f"{site.origin}/feed", f"{site.origin}/other")
        await world.live(3 * HOUR, source(site, feeds=feeds, interval_min_seconds=60, interval_max_seconds=120))
    busy_at = site.times("/feed")[0]
    after = [asked.at - START - busy_at for asked in site.asked if asked.at - START > busy_at]
    assert min(after) >= 3599  # a date has whole seconds
    assert len(polls(site)) > 1


async def test_fr12_503_backs_off_for_the_whole_host(world):
    async with world.publisher() as site:
        site.answers["/feed"] = world.Says(status=503)
        await world.live(DAY, source(site, interval_min_seconds=1800, interval_max_seconds=DAY))
    assert gaps(site)[0] >= 2 * HOUR
    assert all(later >= 1.7 * earlier for earlier, later in zip(gaps(site), gaps(site)[1:], strict=False))
    async with world.publisher() as eager:  # the operator's own bounds hold no back-off down
        eager.answers["/feed"] = world.Says(status=503)
        await world.live(DAY, source(eager, id="eager", interval_min_seconds=60, interval_max_seconds=3600))
    assert len([at for at in eager.times("/feed") if at < eager.times("/feed")[0] + HOUR]) <= 3
    assert all(gap >= 600 * 2**n for n, gap in enumerate(gaps(eager)))


SKIP_HOURS = "".join(f"<hour>{hour}</hour>" for hour in range(24) if hour not in (3, 15))
SKIP_DAYS = "".join(f"<day>{day}</day>" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Saturday", "Sunday"))
HOURLY = "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>hourly</sy:updatePeriod>"
DAILY = HOURLY.replace("hourly", "daily") + (
    "<sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>2</sy:updateFrequency>"
)


@pytest.mark.parametrize(
    ("extra", "least"),
    [
        ("<ttl>180</ttl>", 3 * HOUR),
        (f"<ttl>180</ttl>{HOURLY}", 3 * HOUR),
        (f"<ttl>60</ttl>{DAILY}", 12 * HOUR),
    ],
    ids=["ttl", "ttl over hourly", "twice daily over ttl"],
)
async def test_fr13_the_longest_wish_of_a_feed_holds(world, extra: str, least: float):
    async with world.publisher() as site:
        site.answers["/feed"] = world.rss(extra=extra)
        await world.live(2 * DAY, source(site))
    assert len(gaps(site)) > 1
    assert min(gaps(site)) >= least


async def test_fr13_hours_and_days_that_a_feed_skips(world):
    async with world.publisher() as site, world.publisher() as other:
        site.answers["/feed"] = world.rss(extra=f"<skipHours>{SKIP_HOURS}</skipHours>")
        other.answers["/feed"] = world.rss(extra=f"<skipDays>{SKIP_DAYS}</skipDays>")
        await world.live(8 * DAY, source(site), source(other, id="weekly"))
    assert {int((START + at) // HOUR % 24) for at in site.times("/feed")[1:]} == {3, 15}
    assert {int((START + at) // DAY % 7) for at in other.times("/feed")[1:]} == {1}  # 1970 began on a Thursday


async def test_fr14_ten_feeds_on_one_host_are_asked_one_by_one(world):
    async with world.publisher() as site:
        paths = [f"/feed{n}" for n in range(10)]
        site.answers |= {path: world.Says(empty(world).body, seconds=0.005) for path in paths}
        await world.live(60, source(site, feeds=tuple(site.origin + path for path in paths), delay_seconds=None))
    assert sorted(site.paths()[1:]) == paths
    assert site.most_at_once == 1
    times = [asked.at for asked in site.asked]
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 5


def moved(world, status: int, to: str):
    return world.Says(status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 308, 302, 307])
async def test_fr15_a_move_is_believed_after_three_times_over_a_day_and_only_if_permanent(world, status: int):
    hourly = {"interval_min_seconds": HOUR, "interval_max_seconds": HOUR}
    async with world.publisher() as site, world.publisher() as new:
        site.answers["/feed"] = moved(world, status, f"{new.origin}/feed")
        new.answers["/feed"] = empty(world, ETag='"x"')
        await world.live(23 * HOUR, source(site, **hourly))
        assert len(polls(site)) == len(polls(new)) > 15
        await world.live(DAY, source(site, **hourly))
        at_the_old = len([at for at in site.times("/feed") if at > 27 * HOUR])
        at_the_new = len([at for at in new.times("/feed") if at > 27 * HOUR])
    assert at_the_new > 10
    assert at_the_old == (0 if status in (301, 308) else at_the_new)


async def test_fr15_a_feed_returns_from_a_new_address_that_fails(world):
    hourly = {"interval_min_seconds": HOUR, "interval_max_seconds": HOUR}
    async with world.publisher() as site, world.publisher() as portal:
        site.answers["/feed"] = moved(world, 301, f"{portal.origin}/feed")
        portal.answers["/feed"] = empty(world)
        await world.live(30 * HOUR, source(site, **hourly))
        portal.answers["/feed"] = world.Says(status=404)
        site.answers["/feed"] = empty(world)
        await world.live(DAY, source(site, **hourly))
    assert len([at for at in site.times("/feed") if at > 30 * HOUR]) > 10


async def test_fr15_a_key_for_one_site_never_moves_to_another(world, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("Authorization: Bearer secret\n", encoding="utf-8")
    async with world.publisher() as site, world.publisher() as new:
        site.answers["/feed"] = moved(world, 301, f"{new.origin}/feed")
        new.answers["/feed"] = empty(world)
        await world.live(3 * DAY, source(site, headers_file=str(keys), interval_max_seconds=HOUR))
    assert len(polls(site)) == len(polls(new)) > 50
    assert not any("authorization" in asked.headers for asked in new.asked)


async def test_fr15_two_feeds_that_moved_to_one_address_are_asked_there_once(world):
    hourly = {"interval_min_seconds": HOUR, "interval_max_seconds": HOUR}
    async with world.publisher() as site:
        site.answers |= {"/feed": moved(world, 301, "/new"), "/new": empty(world)}
        feeds = (f"{site.origin}/feed", f"{site.origin}/new")
        await world.live(3 * DAY, source(site, feeds=feeds, **hourly))
    assert not [at for at in site.times("/feed") if at > 28 * HOUR]
    assert 20 < len([at for at in site.times("/new") if at > 2 * DAY]) < 30


async def test_fr16_a_feed_that_is_gone_is_never_asked_again(world):
    async with world.publisher() as site:
        site.answers["/feed"] = world.Says(status=410)
        await world.live(9 * DAY, source(site))
        await world.live(DAY, source(site))
    assert len(polls(site)) == 1


async def test_fr17_no_cookie_no_referrer_and_the_address_as_it_was_given(world):
    async with world.publisher() as site:
        site.answers["/feed?b=1&a=%7e"] = empty(world, Set_Cookie="spy=1; Max-Age=99999")
        await world.live(6 * HOUR, source(site, feeds=(f"{site.origin}/feed?b=1&a=%7e",)))
    assert len(site.asked) > 3
    assert set(site.paths()) == {"/robots.txt", "/feed?b=1&a=%7e"}
    assert not any({"cookie", "referer"} & asked.headers.keys() for asked in site.asked)


async def test_fr18_the_request_says_who_asks_and_for_what(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world)
        await world.live(10, source(site))
    (poll,) = polls(site)
    assert poll.headers["user-agent"] == "wireroom/0.1.0 (+https://wireroom.example/contact)"
    assert {"application/rss+xml", "application/atom+xml"} <= set(poll.headers["accept"].split(", "))
    assert "gzip" in poll.headers["accept-encoding"]
    assert poll.version == "HTTP/1.1"


async def test_fr19_a_poll_is_one_get_and_nothing_else(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world)
        await world.live(12 * HOUR, source(site))
    assert {asked.method for asked in site.asked} == {"GET"}
    assert set(site.paths()) == {"/robots.txt", "/feed"}
    assert len(polls(site, "/robots.txt")) == 1


async def test_fr20_one_feed_in_several_spellings_is_asked_once(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world)
        local = site.origin.replace("http", "HTTP")
        feeds = (f"{site.origin}/feed", f"{local}/feed", f"{site.origin}/feed#top", f"{site.origin}/x/../feed")
        await world.live(60, source(site, feeds=feeds), source(site, id="twin"))
    assert len(polls(site)) == 1


async def test_fr21_without_tls_nothing_is_asked(world):
    """The port speaks plain HTTP: any fallback to it would succeed and be seen."""
    async with world.publisher() as site:
        site.answers["/feed"] = world.rss("/1")
        secure = site.origin.replace("http:", "https:")
        assert await world.live(6 * HOUR, source(site, feeds=(f"{secure}/feed",), feeds_robots="ignore")) == []
        await world.live(6 * HOUR, source(site, feeds=(f"{secure}/feed",)))
    assert site.asked == []


async def test_fr22_a_feed_without_validators_is_asked_hourly_at_most(world):
    async with world.publisher() as site:
        site.answers["/feed"] = empty(world)
        await world.live(3 * DAY, source(site, interval_min_seconds=60, interval_max_seconds=7200))
    assert len(gaps(site)) > 10
    assert min(gaps(site)) >= 0.98 * HOUR
    assert max(gaps(site)) > 1.5 * HOUR


def sitemap(world, *links: str):
    body = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return world.Says(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>'.encode())


@pytest.mark.parametrize("lies", [True, False], ids=["a lying server", "an honest server"])
async def test_fr23_doubt_costs_one_request_a_day_and_only_after_evidence(world, lies: bool):
    hourly = {"interval_min_seconds": HOUR, "interval_max_seconds": HOUR}
    async with world.publisher() as site:

        def number(asked) -> int:
            return int((asked.at - START) // (6 * HOUR))

        def feed(asked):  # the ETag never changes; an honest server means it
            if asked.headers.get("if-none-match") == '"x"':
                return world.Says(status=304)
            answer = world.rss(*(f"/{n}" for n in range(number(asked) + 1))) if lies else world.rss("/0")
            answer.headers["ETag"] = '"x"'
            return answer

        site.answers |= {"/feed": feed} | {f"/{n}": world.page(f"Page {n}") for n in range(60)}
        quiet = source(site, **hourly)
        await world.live(2 * DAY, quiet)
        assert conditions(site).count(("", "")) == 1  # no evidence, no doubt
        site.answers["/map"] = lambda asked: sitemap(world, *(f"/{n}" for n in range(number(asked) + 1)))
        await world.live(12 * DAY, source(site, sitemaps=(f"{site.origin}/map",), **hourly))
    probes = [at for at, sent in zip(site.times("/feed"), conditions(site), strict=True) if sent == ("", "")][1:]
    assert all(later - earlier >= DAY for earlier, later in zip(probes, probes[1:], strict=False))
    assert len(probes) >= 8 if lies else 2 <= len(probes) <= 4


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
async def test_fr24_a_clock_that_jumps_a_day_makes_no_burst(world, jump: float):
    async with world.publisher() as one, world.publisher() as two:
        sites = (one, two)
        for site in sites:
            site.answers |= {f"/feed{n}": empty(world, ETag='"x"') for n in range(5)}
        sources = [
            source(site, id=f"s{n}", feeds=tuple(f"{site.origin}/feed{m}" for m in range(5)), delay_seconds=None)
            for n, site in enumerate(sites)
        ]
        await world.live(2 * HOUR, *sources)
        before = [len(site.asked) for site in sites]
        world.clock.time += jump
        await world.live(HOUR, *sources)
        for site, count in zip(sites, before, strict=True):
            after = site.asked[count:]
            assert all(site.paths()[count:].count(path) <= 1 for path in {asked.path for asked in after})
            gaps = [later.at - earlier.at for earlier, later in zip(after, after[1:], strict=False)]
            assert not gaps or min(gaps) >= 5
            assert site.most_at_once == 1
