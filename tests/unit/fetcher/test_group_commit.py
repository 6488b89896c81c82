"""Group commit: each write is all or nothing, many become durable together, nobody acts before his are."""

import asyncio
import sqlite3
import threading

import pytest

from services.fetcher.group_commit import GroupCommit


@pytest.fixture
def file(tmp_path):
    return tmp_path / "db"


@pytest.fixture
def group(file):
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (x INTEGER UNIQUE)")
    yield GroupCommit(connection, threading.RLock())
    connection.close()


def durable(file) -> list[int]:
    """What another connection sees, and so what survives a kill."""
    other = sqlite3.connect(file)
    rows = [x for (x,) in other.execute("SELECT x FROM t ORDER BY x")]
    other.close()
    return rows


def test_without_a_loop_each_write_is_durable_at_once(group, file):
    group.execute("INSERT INTO t VALUES (?)", (1,))
    assert durable(file) == [1]


async def test_the_writes_of_one_turn_become_durable_together(group, file):
    async def job(x: int) -> list[int]:
        group.execute("INSERT INTO t VALUES (?)", (x,))
        assert durable(file) == []
        await group.durable()
        return durable(file)

    assert await asyncio.gather(*map(job, range(3))) == [[0, 1, 2]] * 3


async def test_a_write_that_fails_takes_no_other_with_it(group, file):
    group.execute("INSERT INTO t VALUES (?)", (1,))
    with pytest.raises(sqlite3.IntegrityError), group.write() as run:  # noqa: PT012 both belong to it
        run.execute("INSERT INTO t VALUES (2)")
        run.execute("INSERT INTO t VALUES (1)")
    with group.write() as run:
        run.execute("INSERT INTO t VALUES (3)")
    await asyncio.sleep(0)
    assert durable(file) == [1, 3]


async def test_a_commit_that_fails_is_told_to_whoever_comes_next(group):
    group._connection.execute("PRAGMA foreign_keys = ON")
    group._connection.execute("CREATE TABLE c (y REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)")
    group.execute("INSERT INTO c VALUES (?)", (99,))
    with pytest.raises(sqlite3.IntegrityError):
        await group.durable()
    with pytest.raises(sqlite3.IntegrityError):
        group.execute("INSERT INTO t VALUES (?)", (5,))
