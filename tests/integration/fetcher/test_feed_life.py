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
