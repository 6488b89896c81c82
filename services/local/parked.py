"""The file of parked messages: what a `.rejected` topic is to the streams, on disk, one JSON object a line."""

import os
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from shared.outcomes import Done
from shared.transport.parking import parked_value


class Parked:
    """Appends parked messages durably: after `sync` returns they survive a crash.

    A crash between `sync` and the acknowledgement parks the same message again; (article_id, revision) tells.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._end_torn_line(path)
        self._file = path.open("ab")

    def __enter__(self) -> "Parked":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def park(self, done: Done, message: bytes, at: datetime) -> None:
        """Who, why, when, and the message as it stood on its topic, byte for byte."""
        record: dict[str, Any] = {
            "article_id": done.article_id,
            "revision": done.revision,
            "url": done.url,
            "stage": done.stage,
            "reason": done.reason,
            "detail": done.detail,
            "at": at,
        }
        record["message"] = msgspec.Raw(parked_value(done, message))
        self._file.write(msgspec.json.encode(record) + b"\n")

    def sync(self) -> None:
        """Returns when everything parked so far is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    @staticmethod
    def _end_torn_line(path: Path) -> None:
        """A line that a crash cut short was never acknowledged and will come again: end it, so that it stands alone."""
        if path.exists() and path.stat().st_size:
            with path.open("rb+") as file:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
