"""A stage as a filter: a message a line on standard input, a message a line on standard output, in the same order.

For debugging, measuring and other people's scripts. Fields that the stage does not need may be absent: what every
message must carry is filled in, so `{"url": ..., "content": ...}` is enough for the cleaner.
"""

import argparse
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import msgspec

from shared.identity import article_id, file_url
from shared.observe.memory import peak_mib
from shared.outcomes import Done, Reason
from shared.profilefile import ProfileError, read
from shared.topology import Stage
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout, died_reason
from shared.transport.step import Work, peek, rejected, step

AHEAD = 64  # lines read ahead of the oldest unfinished one, per worker
EPOCH = "1970-01-01T00:00:00Z"
Answer = tuple[Done, float, float]  # and the CPU seconds it took, and the worker's peak memory so far, MiB


def completed(line: bytes) -> bytes:
    """The line as a whole message: absent identity and times filled in, everything given left as it is."""
    try:
        given = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return line  # the step names it undecodable
    if not isinstance(given, dict):
        return line
    url = given.get("url") or file_url(line)
    defaults: dict[str, Any] = {"url": url, "revision": 1, "source": {"id": "jsonl", "channel": "file"}}
    defaults |= {"first_seen_at": EPOCH, "discovered_at": EPOCH, "fetched_at": EPOCH}
    if "article_id" not in given:
        try:
            defaults["article_id"] = article_id(url)
        except ValueError:
            defaults["article_id"] = article_id(file_url(line))
    return msgspec.json.encode(defaults | given)


def _timed(stage: Stage, work: Work, data: bytes) -> Answer:
    before = time.process_time()
    done = step(stage, work, data)
    return done, time.process_time() - before, peak_mib()


def _prepare(stage: Stage, prepare: Callable[[], Work]) -> Callable[[bytes], Answer]:
    return partial(_timed, stage, prepare())


def _answers(pool: Pool[Answer], stage: Stage, lines: Iterable[bytes], workers: int) -> Iterator[tuple[bytes, Answer]]:
    waiting: deque[tuple[bytes, Future[Answer]]] = deque()

    def oldest() -> tuple[bytes, Answer]:
        data, future = waiting.popleft()
        try:
            return data, future.result()
        except WorkerTimeout as error:
            return data, (rejected(stage, Reason.TIMEOUT, str(error)), 0.0, 0.0)
        except WorkerDied as error:
            return data, (rejected(stage, died_reason(error), str(error)), 0.0, 0.0)

    for line in lines:
        if line.strip():
            data = completed(line)
            waiting.append((data, pool.submit(data)))
        if len(waiting) >= AHEAD * workers:
            yield oldest()
    while waiting:
        yield oldest()


def run(
    stage: Stage,
    prepare: Callable[[], Work],
    lines: Iterable[bytes],
    out: BinaryIO,
    err: TextIO,
    workers: int = 1,
    deadline_seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
) -> None:
    """Filters `lines` to `out`; a rejected message becomes `{"article_id", "url", "rejected", "detail"}`.

    At the end `{"cpu_seconds": ..., "peak_mib": ...}` goes to `err`: the CPU time inside the stage, start-up left out,
    and the peak memory of its largest worker process.
    """
    pool = Pool(partial(_prepare, stage, prepare), workers, deadline_seconds, memory_bytes)
    cpu = peak = 0.0
    try:
        for data, (done, seconds, so_far) in _answers(pool, stage, lines, workers):
            cpu, peak = cpu + seconds, max(peak, so_far)
            if done.out is not None:
                out.write(done.out + b"\n")
            else:
                known_id, _, known_url = peek(data)
                answer = {"article_id": known_id, "url": known_url, "rejected": done.reason, "detail": done.detail}
                out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            out.flush()
    finally:
        pool.close()
    print(json.dumps({"cpu_seconds": round(cpu, 6), "peak_mib": round(peak)}), file=err)


def main(
    stage: Stage, prepare: Callable[..., Work], arguments: list[str] | None = None, profiled: bool = False
) -> None:
    """The command line of a stage run as a filter; `profiled` as in `middle.main`."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{stage.name}", description=stage.does)
    parser.add_argument("--jsonl", action="store_true", required=True, help="a filter: messages in and out, one a line")
    parser.add_argument("--workers", type=int, default=1, help="worker processes (default 1)")
    if profiled:
        parser.add_argument("--profile", type=Path, metavar="FILE", help="host profiles (default: none is known)")
    options = parser.parse_args(arguments)
    if profiled and options.profile:
        try:
            read(options.profile)
        except ProfileError as error:
            parser.error(str(error))
        prepare = partial(prepare, options.profile)
    run(stage, prepare, sys.stdin.buffer, sys.stdout.buffer, sys.stderr, max(1, options.workers))
