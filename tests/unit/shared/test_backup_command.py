"""Copies of stores, and the backup command's answers where there is nothing to do; `tests/e2e` rehearses all of it."""

import io
import sqlite3
import threading
from pathlib import Path

import pytest

from deploy import stores
from deploy.backup import STORES, main


@pytest.mark.parametrize("arguments", [[], ["save"], ["steal", "folder"], ["save", "a", "b"]])
def test_a_wrong_call_says_how(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    assert "save|restore FOLDER" in capsys.readouterr().err


def test_what_is_no_backup_is_refused_before_anything_is_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for service in STORES:
        (tmp_path / f"{service}.tar").write_bytes(b"")
    assert main(["restore", str(tmp_path)]) == 1
    assert "is no backup: it has no articles.jsonl.gz" in capsys.readouterr().err


def test_a_backup_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["save", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def moved(giver: sqlite3.Connection, taker: sqlite3.Connection, number: int) -> None:
    """As shards hand over: the taker has it before the giver lets go."""
    taker.execute("INSERT INTO thing VALUES (?)", (number,))
    giver.execute("DELETE FROM thing WHERE number = ?", (number,))


def test_copies_of_all_stores_are_of_one_moment_while_they_are_written(tmp_path: Path):
    folder, count = tmp_path / "data", 4000
    folder.mkdir()
    paths = [folder / f"shard-{number}-of-2.sqlite3" for number in range(2)]
    for path in paths:
        with sqlite3.connect(path) as store:
            store.executescript("PRAGMA journal_mode = WAL; CREATE TABLE thing (number INTEGER PRIMARY KEY)")
            if path == paths[0]:
                store.executemany("INSERT INTO thing VALUES (?)", [(number,) for number in range(count)])
        store.close()
    ending, steps = threading.Event(), 0

    def write() -> None:
        nonlocal steps
        first, second = (sqlite3.connect(path, isolation_level=None, timeout=30) for path in paths)
        while not ending.is_set():  # to and fro, so that in whatever order they are copied something is under way
            there = (steps // count) % 2
            moved(*((second, first) if there else (first, second)), steps % count)
            steps += 1
        first.close()
        second.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(15):
            tar = io.BytesIO()
            stores.out(folder, tar)
            back = tmp_path / "back"
            back.mkdir(exist_ok=True)
            (back / "shard-0-of-2.sqlite3-wal").write_bytes(b"of a killed process")
            stores.into(back, io.BytesIO(tar.getvalue()))
            assert [path.name for path in stores.stores(back)] == [path.name for path in paths]
            held: set[int] = set()
            for path in stores.stores(back):
                with sqlite3.connect(path) as store:
                    held |= {number for (number,) in store.execute("SELECT number FROM thing")}
                store.close()
            assert held == set(range(count))
    finally:
        ending.set()
        writer.join()
    assert steps
    assert not list(folder.glob("copy-*"))
