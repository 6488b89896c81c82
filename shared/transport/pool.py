"""CPU work in processes: one document has one worker, a deadline and a memory limit.

lxml crashes in concurrent threads and a hostile page can hang any parser, so the work runs in child processes. A
document that hangs is killed at its deadline, one that eats memory or crashes ends its own worker; its neighbours in
other workers never notice. The standard library's pool fails every pending document when one worker dies.

Each worker has a thread here that feeds it; children die with this process, even after SIGKILL.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from shared.outcomes import Reason

R = TypeVar("R")
Task = Callable[[bytes], R]
PR_SET_PDEATHSIG = 1  # linux/prctl.h: signal this process when its parent's thread ends


class WorkerTimeout(Exception):
    """The document took longer than its deadline; its worker was killed."""


class WorkerDied(Exception):
    """The document's worker ended by itself: a crash, or the memory limit. `exitcode` is negative for a signal."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"worker ended with exit code {exitcode}")
        self.exitcode = exitcode


MEMORY_EXIT = 77  # our own exit status for MemoryError


def died_reason(death: WorkerDied) -> Reason:
    """Why the document of a dead worker is parked."""
    return Reason.OUT_OF_MEMORY if death.exitcode == MEMORY_EXIT else Reason.CRASHED


def _child(connection: Connection, prepare: Callable[[], Task[Any]], memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:  # the parent died before prctl took effect
            return
    work = prepare()
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    connection.send(None)  # ready: start-up is not part of any document's deadline
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = (True, work(data))
        except MemoryError:
            os._exit(MEMORY_EXIT)  # memory is not trustworthy any more; the parent reports it
        except Exception as error:
            answer = (False, error)
        connection.send(answer)


class Pool(Generic[R]):
    """A fixed number of worker processes.

    Args:
        prepare: runs once in each worker (importable from a module), loads what is needed and returns the task.
        workers: processes.
        deadline_seconds: wall time for one document.
        memory_bytes: address space of one worker, on top of nothing: start-up included.
    """

    def __init__(
        self, prepare: Callable[[], Task[R]], workers: int, deadline_seconds: float, memory_bytes: int = 1 << 30
    ) -> None:
        self._prepare = prepare
        self._deadline = deadline_seconds
        self._memory = memory_bytes
        self._context = multiprocessing.get_context("spawn")
        self._tasks: SimpleQueue[tuple[bytes, Future[R]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._feed, name=f"pool-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, data: bytes) -> "Future[R]":
        """Queues one document. The future raises `WorkerTimeout`, `WorkerDied` or what the task raised."""
        future: Future[R] = Future()
        self._tasks.put((data, future))
        return future

    def close(self) -> None:
        """Lets queued documents finish, then ends the workers."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _start(self) -> tuple[multiprocessing.process.BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_child, args=(theirs, self._prepare, self._memory), daemon=True)
        process.start()
        theirs.close()
        try:
            ours.recv()
        except EOFError:
            process.join()
            raise WorkerDied(process.exitcode) from None
        return process, ours

    def _feed(self) -> None:
        process: multiprocessing.process.BaseProcess | None = None
        ours: Connection | None = None
        while (task := self._tasks.get()) is not None:
            data, future = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if process is None or ours is None:
                    process, ours = self._start()
                ours.send_bytes(data)
                if not ours.poll(self._deadline):
                    raise WorkerTimeout(f"no answer within {self._deadline:g} s")
                good, answer = ours.recv()
                if good:
                    future.set_result(answer)
                else:
                    future.set_exception(answer)
            except (EOFError, OSError, WorkerTimeout, WorkerDied) as error:
                exitcode = None
                if process is not None and ours is not None:
                    if isinstance(error, WorkerTimeout):
                        process.kill()
                    process.join()
                    ours.close()
                    exitcode = process.exitcode
                process, ours = None, None
                future.set_exception(error if isinstance(error, WorkerTimeout | WorkerDied) else WorkerDied(exitcode))
        if process is not None and ours is not None:
            ours.close()
            process.join()
