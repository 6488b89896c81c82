"""The anchor file: the instant at which the timeline began, so that a second start continues it."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from shared.messages import Instant

FILE = "newsroom.json"


class AnchorError(ValueError):
    """The data folder cannot be continued. The message names the file and what to do."""


class Anchor(Struct, frozen=True, kw_only=True):
    """What decides everything that the newsroom publishes, but its addresses."""

    anchor: Instant
    pace: float
    seed: int
    articles: int  # generated ones
    every: float  # seconds between two generated ones, at pace 1


def keep(data: Path, wanted: Anchor) -> Anchor:
    """The anchor of this folder: the one on file, else `wanted`, which is then on file.

    Raises:
        AnchorError: the file is damaged, or was written with another pace, seed or number of articles.
        OSError: the folder cannot be written.
    """
    path = data / FILE
    data.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        scratch.write_bytes(msgspec.json.encode(wanted))
        scratch.replace(path)
    try:
        known = msgspec.json.decode(path.read_bytes(), type=Anchor)
    except msgspec.DecodeError as error:
        raise AnchorError(f"{path}: {error}. Remove the file to start a new timeline") from None
    for name in ("pace", "seed", "articles", "every"):
        if getattr(known, name) != getattr(wanted, name):
            raise AnchorError(
                f"{path} was written with {name} {getattr(known, name)}, not {getattr(wanted, name)}: "
                "use that, another folder, or remove the file to start a new timeline"
            )
    return known
