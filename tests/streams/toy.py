"""A cleaner for tests of the transport: its pages say what it should do. `python -m tests.streams.toy`."""

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

from shared.messages import Article, CleanArticle, RawArticle
from shared.outcomes import Reason, Reject
from shared.topology import CLEANER


def work(raw: RawArticle) -> CleanArticle:
    """Does what the page says: `sleep 2`, `until NAME`, `mark NAME`, `reject`, `raise`, `crash`, or nothing special.

    Names are of files in the folder that TOY_FOLDER names: `until` waits for one, `mark` makes one. While the file
    `broken` is there, it crashes on everything.
    """
    if _told("broken"):
        raise RuntimeError("everything fails until the file is gone")
    order, _, rest = raw.content.partition(" ")
    match order:
        case "sleep":
            time.sleep(float(rest))
        case "until":
            while not _told(rest):
                time.sleep(0.02)
        case "mark":
            _file(rest).touch()
        case "reject":
            raise Reject(Reason.EMPTY, rest)
        case "raise":
            raise RuntimeError(rest)
        case "crash":
            ctypes.string_at(0)
    base = {name: getattr(raw, name) for name in Article.__struct_fields__}
    return CleanArticle(**base, title=raw.url, text=raw.content)


def _file(name: str) -> Path:
    return Path(os.environ["TOY_FOLDER"]) / name


def _told(name: str) -> bool:
    return _file(name).exists()


def prepare() -> Callable[[RawArticle], CleanArticle]:
    """Cannot get ready while the file `unable` is in the folder."""
    if _told("unable"):
        raise RuntimeError("unable, as told")
    return work


if __name__ == "__main__":
    from shared.transport.middle import main

    main(CLEANER, prepare)
