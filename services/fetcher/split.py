"""Splits a store of one file into shards, once: each row goes to the shard of the host that it is about."""

import os
import sqlite3
from pathlib import Path

from services.fetcher.database import FILE, connect, files, opened, take_lease
from services.fetcher.shards import WHOLE, Shard, shard_of

# Tables with what says which host a row is about. A feed stays with its configured address when it is asked elsewhere.
BY_HOST = {
    "feeds": "url",
    "urls": "url",
    "articles": "final_url",
    "queue": "CASE kind WHEN 'feed' THEN key ELSE origin END",
    "origins": "origin",
    "robots": "origin",
    "reservations": "origin",
}
OLD = "before-shards.sqlite3"  # the store that was split, until its shards are in place


class ShardsError(ValueError):
    """The folder holds another number of shards than the settings say. The message says what to do."""


def settle(folder: Path, shards: int) -> None:
    """Makes sure that `folder` holds a store of so many shards, or nothing yet; splits one of one file where needed.

    Killed halfway it goes on at the next start.

    Raises:
        ShardsError: it is split in another number.
        LeaseTaken: it has to be split, and a process works on it.
        StoreTooNew: a newer program wrote it.
    """
    if shards > 1 and ((folder / FILE).exists() or (folder / OLD).exists()):
        with take_lease(folder):
            _in_place(folder, shards)
            if (folder / FILE).exists() and files(folder) == [folder / FILE]:
                _split(folder, shards)
                _in_place(folder, shards)
    _refuse_other(folder, shards)


def _refuse_other(folder: Path, shards: int) -> None:
    for file in files(folder):
        count = WHOLE.count if file.name == FILE else int(file.stem.rpartition("-")[2])
        if count != shards:
            raise ShardsError(
                f"{folder}: the store there has {count} shards ({file.name}), WIREROOM_SHARDS is {shards}. "
                f"Set it to {count}, or give this fetcher a data folder of its own (WIREROOM_DATA_FOLDER)."
            )


def _in_place(folder: Path, shards: int) -> None:
    """The last step: what was split is whole, and its shards only have to take their names."""
    if (folder / OLD).exists():
        for number in range(shards):
            made = folder / f"new-{Shard(number, shards).stem}.sqlite3"
            if made.exists():
                made.rename(folder / made.name.removeprefix("new-"))
        (folder / OLD).unlink()


def _split(folder: Path, shards: int) -> None:
    whole = connect(folder, WHOLE)  # at the current version from here on
    whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.close()
    for number in range(shards):
        shard = Shard(number, shards)
        made = folder / f"new-{shard.stem}.sqlite3"
        made.unlink(missing_ok=True)
        part = opened(made)
        _fill(part, folder / FILE, shard)
        part.execute("PRAGMA journal_mode = DELETE")  # one file, to be renamed
        part.close()
        with made.open("rb") as file:
            os.fsync(file.fileno())
    (folder / FILE).rename(folder / OLD)


def _fill(part: sqlite3.Connection, whole: Path, shard: Shard) -> None:
    """Copies the rows of one shard; and the keys of what its sources named on others, so that it is no news there."""
    part.create_function("shard_of", 1, lambda url: shard_of(url, shard.count) if url else None, deterministic=True)
    part.execute("ATTACH ? AS whole", (str(whole),))
    part.execute("BEGIN IMMEDIATE")
    part.execute("INSERT INTO sources SELECT * FROM whole.sources")
    for table, column in BY_HOST.items():
        columns = ", ".join(row["name"] for row in part.execute(f"PRAGMA table_info({table})"))
        rows = f"SELECT {columns} FROM whole.{table} WHERE shard_of({column}) = ?"  # noqa: S608 our own names
        order = " ORDER BY rowid" if table == "queue" else ""  # of equals, the one queued first
        part.execute(f"INSERT INTO {table} ({columns}) {rows}{order}", (shard.number,))
    part.execute(
        "INSERT INTO outbox (article_id, revision, message) SELECT article_id, revision, message FROM whole.outbox "
        "LEFT JOIN (SELECT article_id, final_url FROM whole.articles) USING (article_id) "
        "WHERE coalesce(shard_of(final_url), 0) = ? ORDER BY id",
        (shard.number,),
    )
    part.execute(
        "INSERT INTO handed SELECT 'url', key, shard_of(url), discovered_at, NULL FROM whole.urls "
        "WHERE shard_of(url) <> ? AND source_id IN (SELECT source_id FROM feeds)",
        (shard.number,),
    )
    part.execute("COMMIT")
    part.execute("DETACH whole")
