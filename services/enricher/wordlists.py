"""Reads the sorted word lists and tables under `data/`; a line that starts with `# ` says where the file is from."""

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def lines(name: str) -> Iterator[str]:
    """The entries of a list, in file order."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            yield line


def words(name: str) -> frozenset[str]:
    """A list as a set."""
    return frozenset(lines(name))


def rows(name: str) -> Iterator[list[str]]:
    """The fields of a tab-separated table."""
    for line in lines(name):
        yield line.split("\t")
