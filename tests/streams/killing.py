"""Kills every process of a walk again and again, and waits until the account closes all the same."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.error import URLError

from kafka.errors import KafkaError

from tests.streams.origin import Expected
from tests.streams.walk import MODULES, Walk


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
