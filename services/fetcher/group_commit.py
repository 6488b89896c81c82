"""Group commit: what many jobs write within some milliseconds becomes durable together, in one transaction.

A commit is the dearest step of a poll that finds nothing. Each write is still atomic on its own (a savepoint), and
whoever must not act before its writes are durable awaits `durable`.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

WAIT_SECONDS = 0.01  # what nobody waits for is durable that much later: an answer lost in it is asked for again


class GroupCommit:
    """Transactions on one connection in autocommit mode. Safe to use from several threads.

    Where no event loop runs in the calling thread, each write is committed as it ends.
    """

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock) -> None:
        self._connection = connection
        self._lock = lock
        self._planned: asyncio.AbstractEventLoop | None = None  # the loop in which a commit is on its way
        self._broken: sqlite3.Error | None = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """All of the block's statements or, where it raises, none.

        Raises:
            sqlite3.Error: also for a commit that failed since the last call.
        """
        with self._lock:
            self._begin()
            self._connection.execute("SAVEPOINT block")
            try:
                yield self._connection
            except BaseException as error:
                self._survives(error)
                self._connection.execute("ROLLBACK TO block")
                self._connection.execute("RELEASE block")
                self._plan()
                raise
            self._connection.execute("RELEASE block")
            self._plan()

    @contextmanager
    def write_plain(self) -> Iterator[sqlite3.Connection]:
        """`write` for a block that only a fault of the disk can stop: it costs no savepoint.

        Where it is stopped all the same, what others wrote is undone with it, and all who come after are told.

        Raises:
            sqlite3.Error: see `write`.
        """
        with self._lock:
            self._begin()
            try:
                yield self._connection
            except BaseException as error:
                self._undo(error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(repr(error)))
                raise
            self._plan()

    @contextmanager
    def write_through(self) -> Iterator[sqlite3.Connection]:
        """The same, and when the block has ended it is on disk: not even a power cut takes it back.

        Raises:
            sqlite3.Error: see `write`.
        """
        with self._lock:
            self.commit()
            self._connection.execute("PRAGMA synchronous = FULL")
            try:
                with self.write() as run:
                    yield run
                self.commit()
            finally:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    def execute(self, statement: str, values: Sequence[Any]) -> int:
        """One statement, which is atomic by itself. Returns how many rows it changed.

        Raises:
            sqlite3.Error: see `write`.
        """
        with self._lock:
            self._begin()
            try:
                return self._connection.execute(statement, values).rowcount
            except sqlite3.Error as error:
                self._survives(error)
                raise
            finally:
                self._plan()

    def commit(self) -> None:
        """Makes all that was written durable now.

        Raises:
            sqlite3.Error: it could not be. It is undone, and so is what others wrote: all who come after are told too.
        """
        with self._lock:
            self._check()
            if self._connection.in_transaction:
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error as error:
                    self._undo(error)
                    raise

    async def durable(self) -> None:
        """Returns when all that was written is durable.

        Raises:
            sqlite3.Error: it could not be.
        """
        if self._connection.in_transaction:
            await asyncio.sleep(0)  # the others of this turn write first, and one of us commits for all
        self.commit()  # in any case: another thread may be in the middle of it

    def _begin(self) -> None:
        self._check()
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _plan(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # none runs in this thread
            self.commit()
            return
        if self._planned is not loop:
            loop.call_later(WAIT_SECONDS, self._planned_commit)
            self._planned = loop

    def _planned_commit(self) -> None:
        self._planned = None
        with suppress(sqlite3.Error):  # closed meanwhile, which commits; or told to whoever comes next
            self.commit()

    def _undo(self, error: sqlite3.Error) -> None:
        self._broken = error
        if self._connection.in_transaction:  # some errors have ended it already
            self._connection.execute("ROLLBACK")

    def _survives(self, error: BaseException) -> None:
        """Some errors (a full disk) undo the whole transaction, with what others wrote."""
        if isinstance(error, sqlite3.Error) and not self._connection.in_transaction:
            self._broken = error
            raise error

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken
