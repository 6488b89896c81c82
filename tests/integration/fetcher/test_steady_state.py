"""In the long run nearly every request for a feed is conditional: a server that gives validators sends nothing twice.

Fifty feeds for a week of simulated time, after a first day in which all become known. They change at their own pace
and do what servers do: leave one of the two validators out, change them over the same content, fail, ask for a pause,
move, and say "not modified" over content that is not. The fetcher is restarted every day.
"""

from collections import Counter

from services.fetcher.sources import SourceConfig
from tests.fixtures.scripted_publisher import START

HOUR, DAY = 3600.0, 86_400.0
FEEDS, DAYS = 50, 7
PERIODS = (HOUR, 3 * HOUR, 8 * HOUR, DAY, 30 * DAY)  # from one new article to the next


class Feed:
    """One scripted feed; its number says how it behaves."""

    def __init__(self, world, number: int) -> None:
        self.world = world
        self.number = number
        self.period = PERIODS[number % len(PERIODS)]
        self.asked = 0

    def edition(self, at: float) -> int:
        return int((at - START + self.number * 700) // self.period)

    def __call__(self, asked):
        self.asked += 1
        says, edition = self.world.Says, self.edition(asked.at)
        if self.number % 10 == 1 and self.asked % 9 == 0:
            return says(status=500)
        if self.number % 10 == 2 and self.asked % 11 == 0:
            return says(status=503, headers={"Retry-After": "1800"})
        if self.number % 10 == 3 and self.asked % 13 == 0:
            return says(b"<!doctype html><title>Down for a moment</title>", headers={"Content-Type": "text/html"})
        etag = f'"{edition}"' if self.number % 3 != 1 else ""
        if self.number % 10 == 4:
            etag = f'"{edition}-{self.asked // 5}"'  # a new one now and then over the same content
        if self.number == 5:
            etag = '"always"'  # it lies
        date = f"edition {edition}" if self.number % 3 != 2 else ""
        headers = {name: value for name, value in (("ETag", etag), ("Last-Modified", date)) if value}
        known = (asked.headers.get("if-none-match", ""), asked.headers.get("if-modified-since", ""))
        if known == (etag, date) or (self.number == 5 and known[0] == etag):
            return says(status=304, headers=headers if self.number % 2 else {})
        answer = self.world.rss(*(f"/{self.number}/{n}" for n in range(max(0, edition - 5), edition + 1)))
        answer.headers |= headers
        return answer


def sitemap(world, feed: Feed):
    """Names what the feed names too: the evidence that a feed says too often that nothing is new."""

    def answer(asked):
        links = (f"<url><loc>/{feed.number}/{n}</loc></url>" for n in range(feed.edition(asked.at) + 1))
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(links)}</urlset>'
        return world.Says(body.encode())

    return answer


async def test_one_request_in_a_hundred_at_most_is_unconditional(world):
    async with world.publisher() as site:
        feeds = {f"/feed{n}": Feed(world, n) for n in range(FEEDS)}
        site.answers |= feeds
        site.answers |= {f"/map{n}": sitemap(world, feeds[f"/feed{n}"]) for n in (5, 15)}
        site.answers["/feed6"] = world.Says(status=301, headers={"Location": "/new6"})
        site.answers["/new6"] = feeds["/feed6"]
        sources = [
            SourceConfig(
                id=f"s{n}",
                feeds=(f"{site.origin}/feed{n}",),
                sitemaps=(f"{site.origin}/map{n}",) if n in (5, 15) else (),
                delay_seconds=0.1,
                recheck_seconds=(300 * DAY,),
            )
            for n in range(FEEDS)
        ]
        for _ in range(1 + DAYS):
            await world.live(DAY, *sources)
    steady = [asked for asked in site.asked if asked.at >= START + DAY and asked.path in {*feeds, "/new6"}]
    unconditional = Counter(
        asked.path for asked in steady if not {"if-none-match", "if-modified-since"} & asked.headers.keys()
    )
    share = unconditional.total() / len(steady)
    print(f"\n{len(steady)} requests for feeds, {share:.2%} of them unconditional: {dict(unconditional)}")
    assert len(steady) > 10 * FEEDS
    assert unconditional["/feed5"] >= 1, "the lying server is found out"
    assert share <= 0.01
