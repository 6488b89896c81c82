"""Changes to `sources.toml` that leave everything else in it as people wrote it, comments included. Pure text to text.

A change is written whole or not at all, so a running fetcher, which notices that the file changed, never reads half.
"""

import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.fetcher.sources import HEADER, SourceConfig, SourcesError, parse_sources

_PAUSED = re.compile(r"^[ \t]*paused[ \t]*=.*\n?", re.MULTILINE)
_NEXT_COMMENT = re.compile(r"(?:^[ \t]*#.*\n|^[ \t]*\n)*\Z", re.MULTILINE)  # above a header: it belongs to that one


def added(text: str, source: SourceConfig) -> str:
    """The file with one more source at its end. Only keys that differ from their defaults are written."""
    lines = ["[[source]]", f"id = {_quoted(source.id)}"]
    lines += [f"{key} = {_quoted(value)}" for key in ("name", "country", "language") if (value := getattr(source, key))]
    lists = ((key, getattr(source, key)) for key in ("feeds", "sitemaps", "tags"))
    lines += [f"{key} = [{', '.join(map(_quoted, values))}]" for key, values in lists if values]
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    return before + "\n".join(lines) + "\n"


def removed(text: str, source_id: str, file: Path) -> str:
    """The file without a source."""
    start, end = _block(text, source_id, file)
    return text[:start] + text[end:]


def paused(text: str, source_id: str, pause: bool, file: Path) -> str:
    """The file with a source paused, or no longer."""
    start, end = _block(text, source_id, file)
    block = _PAUSED.sub("", text[start:end])
    if pause:
        header = HEADER.match(block)
        at = block.index("\n", header.end() if header else 0) + 1
        block = f"{block[:at]}paused = true\n{block[at:]}"
    return text[:start] + block + text[end:]


def write(file: Path, text: str) -> None:
    """Replaces `file`, once the new text has been read as sources.

    Raises:
        SourcesError: the text cannot be used, or the file cannot be written; it is as it was.
    """
    parse_sources(text, file)
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(new.name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        Path(new.name).replace(file)
    except OSError as error:
        raise SourcesError(f"{file}: cannot be written ({error.strerror}). Check the folder's permissions.") from None


def free_id(name: str, taken: Sequence[str]) -> str:
    """An id made of a name or address, unlike all that are taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower().removeprefix("https://").removeprefix("http://")).strip("-")[:48]
    stem = stem or "source"
    tries = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(one for one in tries if one not in taken)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # a JSON string is a TOML basic string


def _block(text: str, source_id: str, file: Path) -> tuple[int, int]:
    """Where the `[[source]]` with this id begins and ends. The text has been read as sources before."""
    ids = [source.id for source in parse_sources(text, file)]
    if source_id not in ids:
        raise SourcesError(f"{file}: no source {source_id!r}. It has: {', '.join(ids)}.")
    headers = list(HEADER.finditer(text))
    if len(headers) != len(ids):
        raise SourcesError(f"{file}: its sources are not all written as [[source]] tables. Edit the file by hand.")
    number = ids.index(source_id)
    start = headers[number].start()
    if number + 1 == len(headers):
        return start, len(text)
    end = headers[number + 1].start()
    comment = _NEXT_COMMENT.search(text, start, end)
    return start, comment.start() if comment else end
