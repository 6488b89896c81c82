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
import select
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from shared.outcomes import Reason

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks and event loops in any state
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


class CannotStart(Exception):
    """A worker ended before it was ready: the set-up is at fault, never the document."""


DOCUMENTS = 10_000  # that a worker does in its life, unless told otherwise
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


class _Worker:
    """One child process, ready for documents.

    Raises:
        CannotStart: the child ended while it got ready.
    """

    def __init__(self, prepare: Callable[[], Task[Any]], memory_bytes: int) -> None:
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_child, args=(theirs, prepare, memory_bytes), daemon=True)
        self._process.start()
        theirs.close()
        self.done = 0
        self._answers = select.poll()  # made once: `Connection.poll` makes a selector for each document
        self._answers.register(self._connection.fileno(), select.POLLIN)
        try:
            self._connection.recv()
        except (EOFError, OSError):
            self._process.join()
            raise CannotStart(f"a worker ended with exit code {self._process.exitcode} while starting") from None

    def ask(self, data: bytes, deadline_seconds: float) -> tuple[bool, Any]:
        """(True, the task's result) or (False, what it raised). The worker is of no use after either exception.

        Raises:
            WorkerTimeout, WorkerDied: see there.
        """
        try:
            self._connection.send_bytes(data)
            if self._answers.poll(deadline_seconds * 1000):
                good, answer = self._connection.recv()
                self.done += 1
                return good, answer
        except (EOFError, OSError):
            self.end()
            raise WorkerDied(self._process.exitcode) from None
        self.kill()
        self.end()
        raise WorkerTimeout(f"no answer within {deadline_seconds:g} s")

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """The child ends when its pipe does."""
        self._connection.close()
        self._process.join()


class Pool(Generic[R]):
    """A fixed number of worker processes.

    Args:
        prepare: runs once in each worker (importable from a module), loads what is needed and returns the task.
        workers: processes; each is started by its first document.
        deadline_seconds: wall time for one document, start-up not included.
        memory_bytes: address space of one worker, start-up included.
        documents: after so many a worker is replaced: native libraries leak (pycld2 0.42 half a kilobyte a document).
    """

    def __init__(
        self,
        prepare: Callable[[], Task[R]],
        workers: int,
        deadline_seconds: float,
        memory_bytes: int = 1 << 30,
        documents: int = DOCUMENTS,
    ) -> None:
        self._prepare, self._deadline, self._memory, self._documents = (
            prepare,
            deadline_seconds,
            memory_bytes,
            documents,
        )
        self._tasks: SimpleQueue[tuple[bytes, Future[R]] | None] = SimpleQueue()
        self._workers: dict[int, _Worker] = {}  # by thread; each thread touches only its own
        self._killed = False
        self._threads = [threading.Thread(target=self._feed, name=f"pool-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, data: bytes) -> "Future[R]":
        """Queues one document.

        The future raises `WorkerTimeout`, `WorkerDied`, `CannotStart`, or what the task raised.
        """
        future: Future[R] = Future()
        self._tasks.put((data, future))
        return future

    def close(self) -> None:
        """Lets queued documents finish, then ends the workers."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """Ends the workers at once; documents under way or queued never finish."""
        self._killed = True
        for worker in list(self._workers.values()):
            worker.kill()
        for _ in self._threads:
            self._tasks.put(None)

    def _feed(self) -> None:
        mine = threading.get_ident()
        while (task := self._tasks.get()) is not None and not self._killed:
            data, future = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if mine not in self._workers:
                    self._workers[mine] = _Worker(self._prepare, self._memory)
                good, answer = self._workers[mine].ask(data, self._deadline)
            except (WorkerTimeout, WorkerDied, CannotStart) as error:
                self._workers.pop(mine, None)
                future.set_exception(error)
                continue
            if good:
                future.set_result(answer)
            else:
                future.set_exception(answer)
            if self._workers[mine].done >= self._documents:
                self._workers.pop(mine).end()
        if worker := self._workers.pop(mine, None):
            worker.end()
