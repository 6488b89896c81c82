"""Reads the openly licensed entity sets of `DATA/entities` as documents of text with character spans.

UNER-EWT (CC BY-SA 4.0), WikiGold, WNUT17 and BTC (CC BY 4.0). The same article under two tokenisers gives the same
document, so that the model trains on the tokens that it will meet.
"""

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LETTERS = {"PER": "P", "ORG": "O", "LOC": "L", "person": "P", "location": "L", "corporation": "O", "group": "O"}
NO_SPACE_BEFORE = set(".,;:!?)]}%…”’»") | {"'s", "’s", "n't", "n’t", "'re", "'ve", "'ll", "'d", "'m", "'"}
NO_SPACE_AFTER = set("([{$£€“‘«#@/\\")
TIGHT = {"-", "/"}
Rows = list[tuple[str, str]]  # token, tag


class Document(NamedTuple):
    text: str
    spans: list[tuple[int, int, str]]  # start, end, letter of the kind


def document(sentences: list[Rows]) -> Document:
    """Sets tokens as running text, a sentence a line, and their tags as spans."""
    text: list[str] = []
    length = 0
    spans: list[tuple[int, int, str]] = []
    for rows in sentences:
        before, quoted, kind_before = "\n", False, ""
        for word, tag in rows:
            tight = word in NO_SPACE_BEFORE or word in TIGHT or before in NO_SPACE_AFTER | TIGHT or before == "\n"
            if word == '"':
                tight, quoted = tight or quoted, not quoted
            if not (tight or (before == '"' and quoted)):
                text.append(" ")
                length += 1
            kind = LETTERS.get(tag[2:], "")
            if kind and tag.startswith("I-") and kind_before == kind:
                spans[-1] = (spans[-1][0], length + len(word), kind)
            elif kind:
                spans.append((length, length + len(word), kind))
            text.append(word)
            length += len(word)
            before, kind_before = word, kind
        text.append("\n")
        length += 1
    return Document("".join(text), spans)


def _sentences(table: str, token: int, tag: int, separator: str | None) -> Iterator[tuple[Rows, str]]:
    """(rows, comment before them) of each sentence of a column file."""
    rows: Rows = []
    comments = ""
    for line in [*table.splitlines(), ""]:
        if line.startswith("# ") and not rows:
            comments += line
        elif not line.strip():
            if rows:
                yield rows, comments
            rows, comments = [], ""
        else:
            fields = line.split(separator)
            if len(fields) > max(token, abs(tag) - 1):
                rows.append((fields[token].strip(), fields[tag].strip()))


def _grouped(parts: Iterator[tuple[Rows, str]], opens: str) -> Iterator[Document]:
    current: list[Rows] = []
    for rows, comments in parts:
        if current and opens in comments:
            yield document(current)
            current = []
        current.append(rows)
    if current:
        yield document(current)


def _wikigold(table: str) -> Iterator[Document]:
    for part in table.split("-DOCSTART- O"):
        found = [rows for rows, _ in _sentences(part, 0, -1, None)]
        if found:
            yield document(found)


def _tweets(table: str, separator: str | None) -> Iterator[Document]:
    """One tweet a document, without the handles: `@ name` is a person in one set and nothing in the other."""
    for rows, _ in _sentences(table, 0, -1, separator):
        kept: Rows = []
        skip = False
        for word, tag in rows:
            if skip or word.startswith("@"):
                skip = word == "@"  # the handle is the next word
                continue
            if word.startswith("http") or word == "RT":
                continue
            kept.append((word, tag))
        words = [word for word, _ in kept if re.match(r"^[^\W\d_]", word)]
        if len(words) >= 5 and sum(word[0].islower() for word in words) > len(words) / 3:
            yield document([kept])


def load(archive: Path) -> dict[str, list[Document]]:
    """The documents of each set."""
    found: dict[str, list[Document]] = {"uner": [], "wikigold": [], "wnut17": [], "btc": []}
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda one: one.name):
            folder = next((name for name in found if f"{name}/" in member.name), "")
            file = tar.extractfile(member) if folder and member.isfile() else None
            if file is None or "LICENSE" in member.name:
                continue
            table = file.read().decode("utf-8")
            if folder == "uner":
                found[folder] += _grouped(_sentences(table, 1, 2, "\t"), "# newdoc")
            elif folder == "wikigold":
                found[folder] += _wikigold(table)
            else:
                found[folder] += _tweets(table, None)
    return found
