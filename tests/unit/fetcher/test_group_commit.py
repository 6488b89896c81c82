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
    await group.durable()
    assert durable(file) == [1, 3]


async def test_what_nobody_waits_for_becomes_durable_by_itself(group, file):
    group.execute("INSERT INTO t VALUES (?)", (1,))
    async with asyncio.timeout(10):
        while durable(file) != [1]:
            await asyncio.sleep(0.001)


def test_a_loop_that_ended_early_holds_up_nothing(group, file):
    async def write(x: int) -> None:
        group.execute("INSERT INTO t VALUES (?)", (x,))

    asyncio.run(write(1))
    group.execute("INSERT INTO t VALUES (?)", (2,))
    assert durable(file) == [1, 2]
    asyncio.run(write(3))

    async def waits() -> None:
        await write(4)
        async with asyncio.timeout(10):
            while durable(file) != [1, 2, 3, 4]:
                await asyncio.sleep(0.001)

    asyncio.run(waits())


async def test_a_commit_that_fails_is_told_to_whoever_comes_next(group):
    group._connection.execute("PRAGMA foreign_keys = ON")
    group._connection.execute("CREATE TABLE c (y REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)")
    group.execute("INSERT INTO c VALUES (?)", (99,))
    with pytest.raises(sqlite3.IntegrityError):
        await group.durable()
    with pytest.raises(sqlite3.IntegrityError):
        group.execute("INSERT INTO t VALUES (?)", (5,))


async def test_a_commit_that_fails_is_told_to_everybody_whose_write_was_in_it(group, file):
    group._connection.execute("PRAGMA foreign_keys = ON")
    group._connection.execute("CREATE TABLE c (y REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)")

    async def job(table: str) -> None:
        group.execute(f"INSERT INTO {table} VALUES (?)", (99 if table == "c" else 1,))
        await group.durable()

    told = await asyncio.gather(job("t"), job("c"), job("c"), return_exceptions=True)
    assert [type(error) for error in told] == [sqlite3.IntegrityError] * 3
    assert durable(file) == []


async def test_an_error_that_undoes_the_whole_transaction_is_told_to_everybody(group, file):
    """As a full disk does; here a trigger asks for it."""
    group._connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON t WHEN new.x = 13 BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END"
    )

    async def job(x: int) -> None:
        if x == 13:
            with pytest.raises(sqlite3.IntegrityError), group.write() as run:
                run.execute("INSERT INTO t VALUES (13)")
        else:
            group.execute("INSERT INTO t VALUES (?)", (x,))
        await group.durable()

    told = await asyncio.gather(job(1), job(13), job(2), return_exceptions=True)
    assert [type(error) for error in told] == [sqlite3.IntegrityError] * 3
    assert durable(file) == []


async def test_a_plain_block_that_is_stopped_undoes_the_group_and_everybody_is_told(group, file):
    group.execute("INSERT INTO t VALUES (?)", (1,))
    with pytest.raises(sqlite3.IntegrityError), group.write_plain() as run:  # noqa: PT012 both belong to it
        run.execute("INSERT INTO t VALUES (2)")
        run.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        await group.durable()
    with pytest.raises(sqlite3.IntegrityError):
        group.execute("INSERT INTO t VALUES (?)", (3,))
    assert durable(file) == []


async def test_a_plain_block_is_durable_with_the_others(group, file):
    group.execute("INSERT INTO t VALUES (?)", (1,))
    with group.write_plain() as run:
        run.execute("INSERT INTO t VALUES (2)")
    await group.durable()
    assert durable(file) == [1, 2]
