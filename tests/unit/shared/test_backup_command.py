"""Copies of stores, and the backup command's answers where there is nothing to do; `tests/e2e` rehearses all of it."""

import io
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

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


def test_copies_of_all_stores_are_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, back, connect = tmp_path / "data", tmp_path / "back", sqlite3.connect
    folder.mkdir()
    first, second = (folder / f"shard-{number}-of-2.sqlite3" for number in range(2))
    for path in (first, second):
        with connect(path) as store:
            store.executescript("PRAGMA journal_mode = WAL; CREATE TABLE thing (number INTEGER PRIMARY KEY)")
        store.close()
    with connect(second) as store:
        store.executemany("INSERT INTO thing VALUES (?)", [(number,) for number in range(4)])
    store.close()

    def hand_over() -> None:
        """From the second shard to the first, which is the first to be looked at: it has it, then the other lets go."""
        giver, taker = (connect(path, isolation_level=None, timeout=0) for path in (second, first))
        with suppress(sqlite3.OperationalError):  # locked
            (number,) = giver.execute("SELECT min(number) FROM thing").fetchone()
            taker.execute("INSERT OR IGNORE INTO thing VALUES (?)", (number,))
            giver.execute("DELETE FROM thing WHERE number = ?", (number,))
        giver.close()
        taker.close()

    class Disturbed(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            hand_over()
            return super().execute(*arguments)

    tar = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(connect, factory=Disturbed))
        stores.out(folder, tar)
    back.mkdir()
    (back / "shard-0-of-2.sqlite3-wal").write_bytes(b"of a killed process")
    stores.into(back, io.BytesIO(tar.getvalue()))
    assert [path.name for path in stores.stores(back)] == [first.name, second.name]
    held = []
    for path in stores.stores(back):
        with connect(path) as store:
            held += [number for (number,) in store.execute("SELECT number FROM thing")]
        store.close()
    assert set(held) == set(range(4))
    assert not list(folder.glob("copy-*"))
