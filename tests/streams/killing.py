"""Kills every process of a walk again and again, and waits until the account closes all the same."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from kafka.errors import KafkaError

from shared.searchindex.opensearch_settings import OpenSearchSettings
from tests.fixtures.streams import fresh_prefix
from tests.streams.bus import Bus
from tests.streams.origin import Expected, Newsroom, Pages
from tests.streams.walk import MODULES, Walk


@dataclass(frozen=True)
class Trial:
    """How many articles are fetched while each stage is killed how often.

    Args:
        generated: articles that the newsroom makes up beside its own 55.
        pages: real pages.
        pace: speed of the newsroom's timeline.
        kills: of each stage.
        seconds: until the account must close.
    """

    generated: int
    pages: int
    pace: float
    kills: int
    seconds: float

    def run(self, folder: Path, kafka: str, index: OpenSearchSettings, data: Path) -> None:
        """Kills, waits, and looks whether every URL of the origin has one fate.

        Raises:
            AssertionError: one has none, or two; or a stage was killed with nothing in flight.
        """
        bus, pages = Bus(kafka, fresh_prefix()), Pages(data, self.pages)
        newsroom = Newsroom(folder, self.generated, self.pace)
        walk = Walk(folder, bus, index, newsroom.sources + pages.sources)
        try:
            walk.start()
            wrong = survive(walk, lambda: newsroom.expected() + pages.expected, self.kills, self.seconds)
        finally:
            walk.close()
            newsroom.process.kill()
            pages.close()
            bus.close()
        for kill in walk.kills:
            print(kill)
        print("ended by themselves:", dict(walk.crashes))
        assert not wrong
        assert len(walk.kills) == self.kills * len(MODULES)
        assert all(kill["in_flight"] for kill in walk.kills)


def survive(walk: Walk, expected: Callable[[], Sequence[Expected]], kills: int, seconds: float) -> list[str]:
    """Kills each stage `kills` times, always with messages in flight.

    Returns what is wrong in the end: empty as soon as the account closes, what is left after `seconds` otherwise.

    Raises:
        AssertionError: there was nothing in flight to kill a stage with: the test is too small to tell anything.
    """
    left = Counter(dict.fromkeys(MODULES, kills))
    deadline = time.monotonic() + seconds
    while +left:
        walk.tend()
        for name in +left:
            if walk.kill(name):
                left[name] -= 1
        assert time.monotonic() < deadline, f"nothing in flight to kill with, still due: {+left}"
        time.sleep(0.02)
    return settled(walk, expected, deadline - time.monotonic())


def settled(walk: Walk, expected: Callable[[], Sequence[Expected]], seconds: float) -> list[str]:
    """What is wrong when nothing more happens: empty as soon as the account closes."""
    deadline = time.monotonic() + seconds
    wrong = ["nothing was looked at"]
    while wrong and time.monotonic() < deadline:
        walk.tend()
        try:
            wrong = walk.wrong(expected())
        except (KafkaError, URLError, TimeoutError) as error:  # a server of the test is away
            wrong = [repr(error)]
        time.sleep(1 if wrong else 0)
    return wrong
