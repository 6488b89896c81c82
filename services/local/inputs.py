"""Files that people have, as raw articles: HTML, plain text, WARC, JSON lines, and folders of them.

A file is read when its turn comes, one page at a time; what cannot be read is a value (`Unreadable`), never the end of
the run. A page that names no URL is known by its content (`urn:wireroom:file:...`).
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from services.fetcher.charset import to_text
from services.fetcher.decode import Undecodable
from services.local.warc import read_warc
from shared.identity import article_id, digest, file_url, next_revision
from shared.messages import Channel, Http, RawArticle, Source

MAX_FILE_BYTES = 64 << 20  # a single HTML or text file; a page over the message limit is rejected later, with a reason
KINDS = (".html", ".htm", ".txt", ".warc", ".warc.gz", ".jsonl", ".jsonl.gz")
HTML, TEXT = "text/html", "text/plain"


@dataclass(frozen=True)
class Unreadable:
    """A file or line that holds no page, and why."""

    path: str
    why: str


Input = RawArticle | Unreadable


def kind_of(path: Path) -> str:
    """The ending that decides how a file is read, or an empty string."""
    name = path.name.lower()
    return next((kind for kind in sorted(KINDS, key=len, reverse=True) if name.endswith(kind)), "")


def raw_article(
    *, url: str, content: str, when: datetime, path: str, media_type: str, charset: str, http: Http | None = None
) -> RawArticle:
    """A page from a file as the message that the cleaner reads. An unusable `url` gives a page known by its content."""
    body = content.encode("utf-8", "surrogatepass")
    try:
        identity = article_id(url) if url else ""
    except ValueError:
        identity = ""
    if not identity:
        url = file_url(body)
        identity = article_id(url)
    channel: Channel = "warc" if kind_of(Path(path)).startswith(".warc") else "file"
    return RawArticle(
        article_id=identity,
        revision=next_revision(when),
        url=url,
        source=Source(id="files", channel=channel, path=path),
        first_seen_at=when,
        discovered_at=when,
        fetched_at=when,
        final_url=url,
        media_type="text/plain" if media_type == TEXT else "text/html",
        content=content,
        charset=charset,
        http=http or Http(),
        content_hash=digest(body),
    )


def find(arguments: list[Path]) -> Iterator[tuple[Path, str] | Unreadable]:
    """Every readable file below the arguments, with its path relative to the argument that named it."""
    for argument in arguments:
        if argument.is_dir():
            for path in sorted(argument.rglob("*")):
                if path.is_file() and kind_of(path):
                    yield path, str(path.relative_to(argument))
        elif not argument.exists():
            yield Unreadable(str(argument), "no such file or folder")
        elif not kind_of(argument):
            yield Unreadable(str(argument), f"not a kind that is read here ({', '.join(KINDS)})")
        else:
            yield argument, argument.name


def read(path: Path, name: str) -> Iterator[Input]:
    """The pages of one file; a file without any is unreadable. `name` is the path that messages and provenance show."""
    empty = True
    try:
        for page in _pages(path, name):
            empty = False
            yield page
    except (OSError, EOFError, ValueError, zlib.error) as error:
        yield Unreadable(name, f"{type(error).__name__}: {error}")
        return
    if empty:
        yield Unreadable(name, "holds no page")


def _pages(path: Path, name: str) -> Iterator[Input]:
    kind = kind_of(path)
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if kind.startswith(".jsonl"):
        with _open(path) as lines:
            yield from _lines(lines, name, when)
    elif kind.startswith(".warc"):
        with path.open("rb") as stream:
            for page in read_warc(stream):
                yield _decoded(page.body, page.charset, page.url, page.when, name, page.media_type, page.http)
    elif path.stat().st_size > MAX_FILE_BYTES:
        yield Unreadable(name, f"over {MAX_FILE_BYTES} bytes")
    else:
        yield _decoded(path.read_bytes(), "", "", when, name, TEXT if kind == ".txt" else HTML, Http())


def _decoded(body: bytes, charset: str, url: str, when: datetime, name: str, media_type: str, http: Http) -> Input:
    try:
        content, found = to_text(body, charset)
    except Undecodable as error:
        return Unreadable(name if not url else f"{name} {url}", error.detail)
    return raw_article(url=url, content=content, when=when, path=name, media_type=media_type, charset=found, http=http)


def _open(path: Path) -> IO[bytes]:
    opener: Callable[..., Any] = gzip.open if path.name.endswith(".gz") else open
    stream: IO[bytes] = opener(path, "rb")
    return stream


def _lines(lines: IO[bytes], name: str, when: datetime) -> Iterator[Input]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            page = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError as error:
            yield Unreadable(where, f"not a JSON object: {error}")
            continue
        html, text, url = page.get("html"), page.get("text"), page.get("url") or ""
        content = html if html is not None else text
        if not isinstance(content, str) or not isinstance(url, str):
            yield Unreadable(where, "needs `html` or `text` as a string, and `url` as a string where it is known")
            continue
        media_type = HTML if html is not None else TEXT
        yield raw_article(url=url, content=content, when=when, path=name, media_type=media_type, charset="utf-8")
