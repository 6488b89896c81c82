"""The newsroom itself: what any of its sites answers at an instant, a function of its arguments alone.

`(articles, addresses, anchor, pace, seed)` are fixed when it is built, the instant comes with each question. What was
rendered once is kept: the caches change nothing but the speed.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct

from services.newsroom.articles import Article
from services.newsroom.feeds import SITEMAPS, document
from services.newsroom.pages import FURNITURE, article_page, front_page, notice
from services.newsroom.sites import SITES, Site, address, path_of, robots_txt
from services.newsroom.timeline import Standing, Timeline, standing

HTML = "text/html; charset=utf-8"
NEIGHBOURS = 12  # articles that other pages link to as related or most read
PICTURE = (
    b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#9ab"/></svg>"""
)


class Answer(Struct, frozen=True):
    """What a site answers, before conditions and compression."""

    status: int
    media_type: str
    body: bytes
    modified: datetime
    headers: tuple[tuple[str, str], ...] = ()


class Shown(Struct, frozen=True):
    """One site between two moments of its timeline."""

    changed: datetime
    pages: dict[str, Standing]  # path and query -> article, withdrawn ones too
    moved: dict[str, str]  # old path -> URL
    listed: tuple[Standing, ...]  # live, newest first


class SiteState:
    """One site's answers over time."""

    def __init__(
        self, site: Site, base: str, articles: Sequence[Article], timeline: Timeline, crawl_delay: float
    ) -> None:
        self.site, self.base, self.timeline, self.crawl_delay = site, base, timeline, crawl_delay
        self._articles = [article for article in articles if article.site == site.id]
        moments = {moment for article in self._articles for moment in timeline.moments(article)}
        self._moments = sorted(moments | {timeline.anchor})
        self._lists = {"/", *site.feeds, *(SITEMAPS if site.sitemaps else ())}
        self._shown: tuple[int, Shown] | None = None
        self._pages: dict[tuple[str, int], Answer] = {}
        self._documents: dict[str, tuple[int, Answer]] = {}
        steady = (one for one in self._articles if one.access == "open" and one.withdrawn is None)
        early = (standing(article, timeline, timeline.anchor) for article in steady)
        self._neighbours = list(islice((one for one in early if one), NEIGHBOURS))

    def _moment(self, now: datetime) -> int:
        return max(0, bisect_right(self._moments, now) - 1)

    def shown(self, now: datetime) -> Shown:
        """The site as it stands at `now`."""
        moment = self._moment(now)
        if self._shown is None or self._shown[0] != moment:
            at = self._moments[moment]
            standings = [one for article in self._articles if (one := standing(article, self.timeline, at))]
            pages = {path_of(self.site, one.article): one for one in standings}
            moved = {
                one.article.moved_from: address(self.base, self.site, one.article)
                for one in standings
                if one.article.moved_from
            }
            listed = sorted((one for one in standings if not one.withdrawn), key=lambda one: one.article.slug)
            listed.sort(key=lambda one: one.published, reverse=True)
            self._shown = moment, Shown(at, pages, moved, tuple(listed))
        return self._shown[1]

    def answer(self, path: str, now: datetime) -> Answer:
        """What the site answers for a path (percent-decoded, with its `?id=` where it has one) at `now`."""
        shown = self.shown(now)
        if path in shown.pages:
            return self._page(path, shown.pages[path])
        if path in shown.moved:
            return Answer(301, HTML, b"", self.timeline.anchor, (("Location", shown.moved[path]),))
        if path.startswith("/section/"):
            path = "/"
        if path in self._lists:
            return self._document(path, shown, self._moment(now))
        if path == "/robots.txt":
            text = robots_txt(self.base, self.site, self.crawl_delay)
            return Answer(200, "text/plain; charset=utf-8", text.encode(), self.timeline.anchor)
        if path.startswith("/images/"):
            return Answer(200, "image/svg+xml", PICTURE, self.timeline.anchor)
        missing = notice(self.site, FURNITURE[self.site.language or "en"]["missing"])
        return Answer(404, HTML, missing, self.timeline.anchor)

    def _page(self, path: str, one: Standing) -> Answer:
        article = one.article
        if one.withdrawn:
            return Answer(410, HTML, notice(self.site, FURNITURE[article.language]["gone"]), one.changed)
        if (path, one.revision) not in self._pages:
            body = article_page(self.site, self.base, one, self._neighbours, self.timeline.seed)
            charset = "" if article.charset_declared == "meta" else f"; charset={article.charset}"
            headers = [("Content-Language", article.declared_language or article.language)]
            headers += [("X-Robots-Tag", "noindex")] if article.access == "noindex" else []
            page = Answer(200, f"text/html{charset}", body, one.changed, tuple(headers))
            self._pages[path, one.revision] = page
        return self._pages[path, one.revision]

    def _document(self, path: str, shown: Shown, moment: int) -> Answer:
        known = self._documents.get(path)
        if known and known[0] == moment:
            return known[1]
        if path == "/":
            media_type, body = HTML, front_page(self.site, self.base, shown.listed)
        else:
            media_type, body = document(self.site, self.base, path, shown.listed, self.timeline.anchor, shown.changed)
        self._documents[path] = moment, Answer(200, media_type, body, shown.changed)
        return self._documents[path][1]


class Newsroom:
    """All four sites.

    Args:
        articles: what will ever be published.
        bases: scheme, host and port of each site, in the order of `SITES`.
        timeline: anchor, pace and seed.
        crawl_delay: seconds that robots.txt declares; 0 declares none.
    """

    def __init__(
        self, articles: Sequence[Article], bases: Sequence[str], timeline: Timeline, crawl_delay: float
    ) -> None:
        self.sites = tuple(
            SiteState(site, base, articles, timeline, crawl_delay) for site, base in zip(SITES, bases, strict=True)
        )
