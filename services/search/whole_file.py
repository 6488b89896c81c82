"""A file that is there when it is whole, and not before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


class NoPlace(OSError):
    """The file cannot be written there; the message says why."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a file beside `path` for writing; it takes the name of `path` when the block has ended well.

    Whatever ends the block before leaves `path` as it was, and nothing beside it; a process that is killed leaves
    `.NAME.PID.partial`. What stands at `path` is replaced, with the file that a symbolic link leads to.

    Raises:
        NoPlace: `path` is no place for a file.
        OSError: writing failed.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise NoPlace(f"{path}: not a file; without --output it goes to standard output")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        opened = partial.open("xb")
    except OSError as error:
        raise NoPlace(f"{path}: cannot be written ({error.strerror})") from None
    try:
        with opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(target)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
