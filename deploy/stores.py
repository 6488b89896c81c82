"""The SQLite stores of a data folder out as one tar, and in again. `deploy.backup` runs this text inside a service.

    python -c "$(cat deploy/stores.py)" out > stores.tar
    python -c "$(cat deploy/stores.py)" into ["SQL"] < stores.tar

A folder may hold several files that hand things to each other (the fetcher's shards). So all copies are of one moment:
while it is taken nobody writes, which is for milliseconds; what is then copied is a view of that moment.
"""

import shutil
import sqlite3
import sys
import tarfile
from pathlib import Path
from typing import BinaryIO

DATA = Path("/data")
WAIT_SECONDS = 60.0  # for whoever writes
NOT_YET = ("new-", "before-", "copy-")  # names that begin so are on their way to another name


def stores(folder: Path) -> list[Path]:
    """The stores in a folder, in the order of their names."""
    return [file for file in sorted(folder.glob("*.sqlite3")) if not file.name.startswith(NOT_YET)]


def out(folder: Path, tar: BinaryIO) -> None:
    """Writes a copy of every store, all of one moment, while whoever owns them goes on.

    Raises:
        sqlite3.OperationalError: a store could not be had for a minute.
    """
    files = stores(folder)
    locks = [sqlite3.connect(file, isolation_level=None, timeout=WAIT_SECONDS) for file in files]
    views = [sqlite3.connect(file, isolation_level=None, timeout=WAIT_SECONDS) for file in files]
    for lock in locks:
        lock.execute("BEGIN IMMEDIATE")
    for view in views:
        view.execute("BEGIN")
        view.execute("SELECT count(*) FROM sqlite_master").fetchall()  # only the first reading fixes the moment
    for lock in locks:
        lock.execute("ROLLBACK")
        lock.close()
    copy = folder / "copy-of.sqlite3"
    with tarfile.open(fileobj=tar, mode="w|") as archive:
        for file, view in zip(files, views, strict=True):
            copy.unlink(missing_ok=True)
            made = sqlite3.connect(copy)
            view.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file
            made.close()
            view.close()
            archive.add(copy, file.name)
    copy.unlink(missing_ok=True)


def into(folder: Path, tar: BinaryIO, then: str = "") -> None:
    """Puts the stores of a tar in place of those that are there; nobody may work on them meanwhile.

    Args:
        then: SQL to run on each.
    """
    for old in folder.glob("*.sqlite3*"):  # with what a killed process left beside them
        old.unlink()
    with tarfile.open(fileobj=tar, mode="r|") as archive:
        for member in archive:
            if packed := archive.extractfile(member):
                with packed, (folder / Path(member.name).name).open("wb") as file:
                    shutil.copyfileobj(packed, file)
    for name in stores(folder):
        with sqlite3.connect(name) as store:
            store.executescript(then)
        store.close()


if __name__ == "__main__":
    if sys.argv[1] == "out":
        out(DATA, sys.stdout.buffer)
    else:
        into(DATA, sys.stdin.buffer, *sys.argv[2:])
