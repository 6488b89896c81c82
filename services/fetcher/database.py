"""The SQLite file of one shard: opened by one process at a time, in write-ahead mode, at a known schema version."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import IO

from services.fetcher.shards import WHOLE, Shard

CACHE_KIB = 12_288  # ten thousand feeds with all about them; SQLite's default is a sixth of it
CHECKPOINT_PAGES = 10_000  # of 4 KiB: the rows of feeds change again and again between two checkpoints
FILE, LEASE = f"{WHOLE.stem}.sqlite3", f"{WHOLE.stem}.lease"
# One script per version: the last one's number is the version of a new file. Append; never change one that shipped.
MIGRATIONS = tuple(Path(__file__).with_name(name) for name in ("schema.sql", "schema_2.sql", "schema_3.sql"))


class LeaseTaken(RuntimeError):
    """Another process works on this data folder, or on this shard of it."""


class StoreTooNew(RuntimeError):
    """The store was written by a newer version of this program."""


def take_lease(folder: Path, shard: Shard = WHOLE) -> IO[str]:
    """Locks a shard for this process until the returned file is closed or the process ends, however it ends.

    Raises:
        LeaseTaken: another process holds it; the message names it and says what to do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lease = (folder / f"{shard.stem}.lease").open("a+", encoding="ascii")
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lease.seek(0)
        holder = lease.read().strip() or "unknown"
        lease.close()
        raise LeaseTaken(
            f"{folder}: process {holder} already works on this data folder. "
            "Stop it, or give this one a folder of its own (WIREROOM_DATA_FOLDER)."
        ) from None
    lease.truncate(0)
    lease.write(str(os.getpid()))
    lease.flush()
    return lease


def connect(folder: Path, shard: Shard = WHOLE) -> sqlite3.Connection:
    """Opens a shard's file in `folder`, made or brought to the current schema version where needed.

    Synchronous is NORMAL: what was committed survives any end of this process; a power cut can lose the last
    transactions but never tears one.

    Raises:
        StoreTooNew: the file has a later schema version than this program knows.
    """
    return opened(folder / f"{shard.stem}.sqlite3")


def opened(file: Path) -> sqlite3.Connection:
    """See `connect`."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        connection.close()
        raise StoreTooNew(
            f"{file}: schema version {version}, this program knows {len(MIGRATIONS)}. "
            "Run the newer program, or give this one a data folder of its own (WIREROOM_DATA_FOLDER)."
        )
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        text = script.read_text(encoding="utf-8")
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            connection.close()  # which undoes the half of it
            raise
    return connection


def files(folder: Path) -> list[Path]:
    """The state files in a folder: one, or one a shard."""
    return sorted([*folder.glob(FILE), *folder.glob("shard-*-of-*.sqlite3")])


def view(file: Path) -> sqlite3.Connection:
    """Opens a state file read-only, beside a running fetcher."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
