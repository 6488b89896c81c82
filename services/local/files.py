"""Files through all stages: each page is printed or indexed, or says why not. The sums always close."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from msgspec.structs import replace

from services.local.inputs import Input, Unreadable
from services.local.route import Trail, trail_of
from shared.codec import encode
from shared.messages import RawArticle
from shared.observe.record import record
from shared.outcomes import Done, Reason
from shared.topology import CLEANER, MAX_MESSAGE_BYTES
from shared.transport.pool import Pool
from shared.transport.step import rejected

AHEAD = 64  # pages read ahead of the oldest unfinished one


@dataclass
class Summary:
    """What became of everything that was read: `read` is the sum of all the others."""

    read: int = 0
    passed: int = 0
    duplicate: int = 0
    unreadable: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def line(self, verb: str) -> str:
        """`read 95 = printed 94 + rejected 1 (empty 1) + duplicate 0 + unreadable 0`"""
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self.rejected.items()))
        return (
            f"read {self.read} = {verb} {self.passed} + rejected {self.rejected.total()}"
            + (f" ({reasons})" if reasons else "")
            + f" + duplicate {self.duplicate} + unreadable {self.unreadable}"
        )


class _Seen:
    """Which pages this run has met: the same page again is a duplicate, a changed one a higher revision."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, str]] = {}

    def admit(self, article: RawArticle) -> RawArticle | None:
        last = self._last.get(article.article_id)
        if last is not None:
            revision, content_hash = last
            if content_hash == article.content_hash:
                return None
            if article.revision <= revision:
                article = replace(article, revision=revision + 1)
        self._last[article.article_id] = (article.revision, article.content_hash)
        return article


def process(
    inputs: Iterable[Input],
    pool: Pool[Trail],
    passed: Callable[[Done], None],
    declined: Callable[[Done, bytes], None],
    unreadable: Callable[[Unreadable], None],
) -> Iterator[Summary]:
    """Runs pages through the pool and hands each outcome on, in the order of the input.

    Yields the running summary after each page, so that a caller can show progress; the last one is final.
    """
    summary, seen = Summary(), _Seen()
    waiting: deque[tuple[bytes, Future[Trail]]] = deque()

    def settle() -> Summary:
        data, future = waiting.popleft()
        trail = trail_of(future, data)
        for done in trail:
            record(done)
        if trail[-1].out is not None:
            summary.passed += 1
            passed(trail[-1])
        else:
            summary.rejected[str(trail[-1].reason)] += 1
            declined(trail[-1], data)
        return summary

    for page in inputs:
        summary.read += 1
        if isinstance(page, Unreadable):
            summary.unreadable += 1
            unreadable(page)
            continue
        article = seen.admit(page)
        if article is None:
            summary.duplicate += 1
            continue
        data = encode(article)
        if len(data) > MAX_MESSAGE_BYTES:
            done = rejected(CLEANER, Reason.TOO_LARGE, f"{len(data)} bytes, the limit is {MAX_MESSAGE_BYTES}", article)
            record(done)
            summary.rejected[str(done.reason)] += 1
            declined(done, data)
            continue
        waiting.append((data, pool.submit(data)))
        if len(waiting) >= AHEAD:
            yield settle()
    while waiting:
        yield settle()
    yield summary
