"""The open evaluation pages, read where they lie beside the checkout; nothing of them is part of the project."""

import gzip
import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PAGES = DATA / "pages"
SETS = ("article-extraction-benchmark", "fundus-tests", "wcxb-articles", "htmldate")


def path(name: str) -> Path:
    """The file of a set of pages."""
    return PAGES / f"{name}.jsonl.gz"


def present() -> bool:
    """Whether all sets can be read."""
    return all(path(name).exists() for name in SETS)


def read(name: str) -> Iterator[dict[str, Any]]:
    """The pages of a set: `id, url, country, html, gold`."""
    with gzip.open(path(name), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def digest() -> str:
    """One hash over all sets: floors hold for exactly this corpus."""
    total = blake2b(digest_size=16)
    for name in SETS:
        total.update(path(name).read_bytes())
    return total.hexdigest()
