"""The open language set, its language lists, and documents with a foreign tail made from it."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from shared.messages import BLOCK_BREAK, CleanArticle, Source

OPEN = Path(__file__).parents[2].parent / "shared/data/language/open.jsonl.gz"
THIRTY = "en de fr es pt it nl sv no da fi pl cs sk hu ro bg el ru uk tr ar fa he hi ja zh ko vi id".split()
SIXTY_THREE = (
    "af ar az be bg bn ca cs cy da de el en es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk ko lt lv mk mn mr "
    "ms nl no pa pl pt ro ru sk sl so sq sr sv sw ta te th tl tr uk ur vi yo zh"
).split()
UNSUPPORTED = "bem ckb ee ff mey nd shi ty".split()  # by both py3langid and CLD2
EPOCH = "1970-01-01T00:00:00Z"


class Row(msgspec.Struct, frozen=True):
    """A text with its language. `docid` is one source document; its translations share it."""

    set: str
    kind: str
    lang: str
    variant: str
    docid: str
    text: str


@dataclass(frozen=True)
class Tailed:
    """An article whose last block is in another language, and where that block starts."""

    docid: str
    host: str
    tail: str
    text: str
    start: int


def corpus() -> tuple[list[Row], str]:
    """All rows, and the digest of the file. Skips the test where the data is not at hand."""
    if not OPEN.exists():
        pytest.skip(f"no language data at {OPEN}: the tagger's quality was NOT measured")
    data = OPEN.read_bytes()
    decoder = msgspec.json.Decoder(Row)
    rows = [decoder.decode(line) for line in gzip.decompress(data).splitlines()]
    return rows, hashlib.blake2b(data, digest_size=16).hexdigest()


def gold(row: Row) -> str:
    """The label an answer is compared with: Bokmål may be called `nb` or `no`."""
    return row.lang


def folded(tag: str) -> str:
    """An answer as a gold label: `zh-Hant` is `zh`, `nb` is `no`."""
    label = tag.split("-", 1)[0]
    return {"nb": "no", "fil": "tl"}.get(label, label)


def article(text: str = "", title: str = "", declared: dict[str, str] | None = None) -> CleanArticle:
    """An article with the given parts and nothing else."""
    return msgspec.convert(
        {
            "article_id": "0" * 32,
            "revision": 1,
            "url": "urn:test",
            "source": Source(id="test"),
            "first_seen_at": EPOCH,
            "discovered_at": EPOCH,
            "fetched_at": EPOCH,
            "title": title,
            "text": text,
            "declared_langs": declared or {},
        },
        CleanArticle,
    )


def stable(*parts: str) -> int:
    """A number that depends on the parts only: the same choice on every run and machine."""
    return int.from_bytes(hashlib.blake2b("\x00".join(parts).encode(), digest_size=6).digest(), "big")


def tailed(rows: Iterable[Row], per_host: int = 12) -> list[Tailed]:
    """Eight lines of a document in one of the thirty languages, then a line of another document in another of them.

    Tail lengths run from 20 to 200 code points, cut at a word where the language has spaces.
    """
    documents: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        if row.set == "ntrex" and row.kind == "doc" and row.lang in THIRTY:
            documents.setdefault(row.lang, {})[row.docid] = [line for line in row.text.split("\n") if line.strip()]
    made = []
    for host, known in sorted(documents.items()):
        for docid in sorted(known, key=lambda name: stable(host, name))[:per_host]:
            lines = known[docid][1:9]
            others = [lang for lang in THIRTY if lang != host]
            tail = others[stable("tail", host, docid) % len(others)]
            donor = sorted(documents[tail])[stable("donor", host, docid) % len(documents[tail])]
            line = documents[tail][donor][stable("line", host, docid) % len(documents[tail][donor])]
            limit = (30, 60, 100, 200)[stable("length", host, docid) % 4] // (2 if tail in ("zh", "ja", "ko") else 1)
            if len(line) > limit:
                line = line[:limit].rsplit(" ", 1)[0]
            if sum(map(str.isalpha, line)) < 12:
                continue
            start = len(BLOCK_BREAK.join(lines)) + len(BLOCK_BREAK)
            made.append(Tailed(docid, host, tail, BLOCK_BREAK.join([*lines, line]), start))
    return made
