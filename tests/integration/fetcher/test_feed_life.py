"""A feed's life over weeks: it falls asleep when it keeps failing, and wakes when it answers again."""

import pytest

from services.fetcher.sources import SourceConfig

HOUR, DAY = 3600.0, 86_400.0


def source(site, **more) -> SourceConfig:
    return SourceConfig(id="news", feeds=(f"{site.origin}/feed",), delay_seconds=1.0, **more)


@pytest.mark.parametrize(("status", "requests"), [(404, 10), (500, 30)])
async def test_a_feed_that_keeps_failing_sleeps_and_returns(world, status: int, requests: int):
    async with world.publisher() as site:
        site.answers["/feed"] = world.Says(status=status)
        await world.live(50 * DAY, source(site))
        times = site.times("/feed")
        gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
        assert max(gaps[: requests - 1]) <= 1.2 * DAY
        assert gaps[requests:]
        assert all(7 * DAY <= gap <= 7.8 * DAY for gap in gaps[requests:])
        site.answers |= {"/feed": world.rss("/1"), "/1": world.page("One")}
        awake = len(times)
        (article,) = await world.live(12 * DAY, source(site))
    assert article.url == f"{site.origin}/1"
    assert len(site.times("/feed")) - awake > 10


async def test_sources_that_change_take_effect_on_a_running_fetcher(world):
    """Paused: neither feed nor pages; resumed: as before, no sooner; added: at once."""
    async with world.publisher() as site, world.publisher() as other:
        site.answers |= {"/feed": world.rss("/1", "/2"), "/1": world.page("One"), "/2": world.page("Two")}
        other.answers["/feed"] = world.rss()
        hourly = {"interval_min_seconds": HOUR, "interval_max_seconds": HOUR}
        new = SourceConfig(id="other", feeds=(f"{other.origin}/feed",), delay_seconds=1.0)
        plan = [(2.5 * HOUR, (source(site, paused=True, **hourly), new)), (6 * HOUR, (source(site, **hourly), new))]
        start = world.clock.now()

        def changed():
            return plan.pop(0)[1] if plan and world.clock.now() - start >= plan[0][0] else None

        world.changed = changed
        await world.live(9 * HOUR, source(site, **hourly))
    asked = [asked.at - start for asked in site.asked]
    assert not [at for at in asked if 2.51 * HOUR < at < 6 * HOUR]
    assert len([at for at in asked if at < 2.5 * HOUR]) > 5
    resumed = [at for at in site.times("/feed") if at >= 6 * HOUR]
    assert len(resumed) >= 3
    assert resumed[0] < 6 * HOUR + 20
    assert 2.5 * HOUR <= other.times("/feed")[0] < 2.51 * HOUR
