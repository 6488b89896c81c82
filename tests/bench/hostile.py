"""`python -m tests.bench.hostile`: what pages beside a hostile one lose of their speed, for each of the attack shapes.

Two workers of the real pool. One ordinary page after another goes through it, and beside them, again and again, the
hostile page; then, in turn with that, the same pages with other ordinary pages beside them. Two ratios say what the
neighbours keep: of their rate, which on a machine with other work to do swings by half and more, and of their speed in
CPU time, which does not, but misses what they wait for. The goal is 0.8 of both, for every shape, on a quiet machine.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import cycle

from services.cleaner.work import prepare
from shared.topology import CLEANER
from shared.transport.jsonl import completed
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout
from shared.transport.step import Work, step
from tests.bench.__main__ import pages
from tests.unit.cleaner import hostile

GOAL = 0.8
TURNS = 16  # how often the two kinds of company take turns
DEADLINE_SECONDS, MEMORY_BYTES = 20.0, 1 << 30  # as the stage runs


def task() -> Callable[[bytes], float]:
    """The cleaner in a worker: the CPU seconds of a page."""
    return partial(_timed, prepare())


def _timed(work: Work, data: bytes) -> float:
    before = time.process_time()
    step(CLEANER, work, data)
    return time.process_time() - before


@dataclass
class Turn:
    """What the neighbours did in a turn, or in several."""

    pages: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


def take(turn: Turn, pool: Pool[float], neighbours: Iterator[bytes], company: Iterator[bytes], seconds: float) -> None:
    """Ordinary pages, one after another, while `company` keeps the other worker busy."""
    began = time.monotonic()
    beside = pool.submit(next(company))
    mine: Future[float] = pool.submit(next(neighbours))
    while time.monotonic() - began < seconds:
        if mine.done():
            turn.cpu += mine.result()
            turn.pages += 1
            mine = pool.submit(next(neighbours))
        if beside.done():
            beside = pool.submit(next(company))
        time.sleep(0.0005)
    turn.seconds += time.monotonic() - began
    for left in (mine, beside):
        try:
            left.result()
        except (WorkerTimeout, WorkerDied):
            continue  # a shape that is killed may be: the neighbours are what is measured


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hostile", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each turn (default 0.3)")
    options = parser.parse_args()
    ordinary = [completed(line) for line in pages(30)]
    friends = cycle(ordinary[::-1])
    shapes = {name: completed(line) for name, line in zip(hostile.SHAPES, hostile.lines(), strict=True)}
    pool: Pool[float] = Pool(task, 2, DEADLINE_SECONDS, MEMORY_BYTES)
    worst = 9.9, 9.9
    try:
        take(Turn(), pool, cycle(ordinary), friends, 4.0)  # both workers have started
        print(f"{'beside':<26}{'pages/s':>10}{'ordinary':>10}{'rate':>8}{'CPU':>8}")
        for name, shape in shapes.items():
            with_it, with_others = Turn(), Turn()
            for turn in range(TURNS):
                mine = [*ordinary[turn * 3 :], *ordinary[: turn * 3]]
                take(with_it, pool, cycle(mine), cycle([shape]), options.seconds)
                take(with_others, pool, cycle(mine), friends, options.seconds)
            rates = [one.pages / one.seconds for one in (with_it, with_others)]
            rate, cpu = rates[0] / rates[1], with_others.cpu / with_others.pages * with_it.pages / with_it.cpu
            worst = min(worst[0], rate), min(worst[1], cpu)
            print(f"{name:<26}{rates[0]:>10.1f}{rates[1]:>10.1f}{rate:>8.2f}{cpu:>8.2f}", flush=True)
    finally:
        pool.close()
    print(json.dumps({"worst_rate": round(worst[0], 2), "worst_cpu": round(worst[1], 2), "goal": GOAL}))


if __name__ == "__main__":
    main()
