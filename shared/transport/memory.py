"""The smallest postman: one message through stages in a row, in this process, without a broker."""

from collections.abc import Sequence

from shared.outcomes import Done
from shared.topology import Stage
from shared.transport.step import Work, step

Route = Sequence[tuple[Stage, Work]]


def walk(route: Route, data: bytes) -> list[Done]:
    """Carries one encoded message through the stages of `route`, as far as it gets.

    Returns one `Done` per stage reached; the last one holds the final message or the reason.
    """
    trail: list[Done] = []
    for stage, work in route:
        done = step(stage, work, data)
        trail.append(done)
        if done.out is None:
            break
        data = done.out
    return trail
