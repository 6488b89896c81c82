"""The canary: how long an article of ours takes from its publication to a search that finds it, seen from outside.

It knows nothing of stages and topics. It asks the search page as a reader would, for a word of each new article, until
the article is among the answers. So it notices what every process inside may believe to be in order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import aiohttp

from services.newsroom.truth import Truth
from shared.identity import article_id
from shared.observe.metrics import CANARY_SEARCHABLE, CANARY_WAITING

EVERY_SECONDS = 5.0  # between two looks: the measure is no finer than that
ASKED_AT_ONCE = 20  # articles looked for in one look, the oldest first
DEADLINE_SECONDS = 10.0  # of one question

Find = Callable[[str], Awaitable[frozenset[str]]]  # a word to the ids of the articles that a search for it finds


class Canary:
    """Follows the articles published after `since` until they are found.

    Args:
        find: asks the search; raises OSError where it cannot answer.
        since: aware UTC; what was published before is no measure of anything.
    """

    def __init__(self, find: Find, since: datetime) -> None:
        self._find, self._since = find, since
        self._found: set[str] = set()

    async def look(self, articles: Iterable[Truth], now: datetime) -> float:
        """Asks for every article that is not found yet; sets the metrics.

        Returns the age in seconds of the oldest that is still not found, 0 where there is none.
        """
        published = {one.url: datetime.fromisoformat(one.published) for one in articles if one.state == "live"}
        words = {one.url: one.words[0] for one in articles if one.state == "live"}
        waiting = [url for url, at in published.items() if at >= self._since and url not in self._found]
        waiting.sort(key=lambda url: published[url])
        for url in waiting[:ASKED_AT_ONCE]:
            try:
                found = article_id(url) in await self._find(words[url])
            except OSError:
                break  # not searchable is not searchable, whatever the reason
            if found:
                self._found.add(url)
                CANARY_SEARCHABLE.observe((now - published[url]).total_seconds())
        oldest = max(((now - published[url]).total_seconds() for url in waiting if url not in self._found), default=0.0)
        CANARY_WAITING.set(oldest)
        return oldest


def asking(session: aiohttp.ClientSession, search: str) -> Find:
    """A `Find` over HTTP. `search` is scheme, host and port of the search page."""

    async def find(word: str) -> frozenset[str]:
        deadline = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
        parameters = {"q": word, "sort": "newest", "size": "100"}
        try:
            async with session.get(f"{search}/api/search", params=parameters, timeout=deadline) as answer:
                answer.raise_for_status()
                return frozenset(hit["id"] for hit in (await answer.json())["hits"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise OSError(str(error)) from error

    return find


async def watch(
    search: str,
    truth: Callable[[datetime], list[Truth]],
    now: Callable[[], datetime],
    login: tuple[str, str] | None = None,
) -> None:
    """Looks every few seconds until cancelled.

    Args:
        login: user and password of the search page.
        truth: what stands at an instant.
        now: aware UTC.
    """
    async with aiohttp.ClientSession(auth=aiohttp.BasicAuth(*login) if login else None) as session:
        canary = Canary(asking(session, search), now())
        while True:
            at = now()
            await canary.look(truth(at), at)
            await asyncio.sleep(EVERY_SECONDS)
