"""Group commit: what many jobs write in one turn of the event loop becomes durable together, in one transaction.

A commit is the dearest step of a poll that finds nothing. Each write is still atomic on its own (a savepoint), and
whoever must not act before its writes are durable awaits `durable`.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class GroupCommit:
    """Transactions on one connection in autocommit mode. Safe to use from several threads.

    Where no event loop runs in the calling thread, each write is committed as it ends.
    """

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock) -> None:
        self._connection = connection
        self._lock = lock
        self._planned = False
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
            except BaseException:
                self._connection.execute("ROLLBACK TO block")
                raise
            finally:
                self._connection.execute("RELEASE block")
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

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        """One statement, which is atomic by itself.

        Raises:
            sqlite3.Error: see `write`.
        """
        with self._lock:
            self._begin()
            self._connection.execute(statement, values)
            self._plan()

    def commit(self) -> None:
        """Makes all that was written durable now.

        Raises:
            sqlite3.Error: it could not be; it is undone.
        """
        with self._lock:
            self._check()
            if self._connection.in_transaction:
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error:
                    self._connection.execute("ROLLBACK")
                    raise

    async def durable(self) -> None:
        """Returns when all that was written is durable.

        Raises:
            sqlite3.Error: it could not be.
        """
        if self._connection.in_transaction:
            await asyncio.sleep(0)  # the others of this turn write, and the commit that is planned runs before us
            self.commit()
        self._check()

    def _begin(self) -> None:
        self._check()
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _plan(self) -> None:
        if self._planned:
            return
        try:
            asyncio.get_running_loop().call_soon(self._planned_commit)
            self._planned = True
        except RuntimeError:  # no loop runs in this thread
            self.commit()

    def _planned_commit(self) -> None:
        self._planned = False
        try:
            self.commit()
        except sqlite3.ProgrammingError:  # closed meanwhile, which commits
            pass
        except sqlite3.Error as error:
            self._broken = error

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken
