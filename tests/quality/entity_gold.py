"""Reads the entity gold of `../shared/data/entities` as running text with character spans.

`worldwide-newswire-dev` has no licence and is for measuring only: nothing here feeds training. Its tokens are set in
running text again (no space before a full stop, none around a hyphen), because that is what the stage reads.
"""

import re
import tarfile
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import NamedTuple

KINDS = {"Person": "person", "Organization": "organisation", "Location": "place"}
NO_SPACE_BEFORE = set(".,;:!?)]}%…”’»") | {"'s", "’s", "n't", "n’t", "'re", "'ve", "'ll", "'d", "'m", "'"}
NO_SPACE_AFTER = set("([{$£€“‘«#@/\\") | {"-"}
TIGHT = {"-", "/"}
CLITICS = {"s", "t", "re", "ve", "ll", "d", "m"}
INITIALS = re.compile(r"\b[A-Z]\.[A-Z]$")  # U.S. was cut into four tokens


Spans = Set[tuple[int, int, str]]  # start, end, kind


class Gold(NamedTuple):
    name: str
    text: str
    spans: Spans


def newswire(archive: Path) -> list[Gold]:
    """The articles of `worldwide-newswire-dev`, in the order of their names."""
    found = []
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda member: member.name):
            if "worldwide-newswire-dev/" in member.name and member.name.endswith(".tsv"):
                file = tar.extractfile(member)
                assert file is not None
                found.append(article(Path(member.name).name, file.read().decode("utf-8")))
    return found


def article(name: str, table: str) -> Gold:
    """One `token<TAB>tag` a line, an empty line at the end of a paragraph, as text and spans."""
    lines = [line.split("\t") for line in table.splitlines()]
    if lines and lines[0][0].startswith("http"):
        lines = lines[1:]
    text, spans, open_span = "", set(), None
    quoted = False
    before = ""
    for fields in [*lines, [""]]:
        token = fields[0].strip()
        tag = fields[1].strip() if len(fields) > 1 else "O"
        if not token:
            text += "\n" if text and not text.endswith("\n") else ""
            before, quoted = "\n", False
            continue
        closing = token == '"' and quoted
        tight = token in NO_SPACE_BEFORE or token in TIGHT or before in NO_SPACE_AFTER or before == "\n" or closing
        tight = tight or (before in "’'" and token in CLITICS) or bool(INITIALS.search(text + token))
        if text and not tight and not (before == '"' and quoted):
            text += " "
        if token == '"':
            quoted = not quoted
        start = len(text)
        text += token
        kind = KINDS.get(tag[2:], "")
        if tag.startswith("I-") and open_span is not None and open_span[2] == kind:
            open_span = (open_span[0], len(text), kind)
        else:
            spans |= {open_span} if open_span else set()
            open_span = (start, len(text), kind) if kind else None
        before = token
    spans |= {open_span} if open_span else set()
    return Gold(name, text, frozenset(spans))


def score(gold: list[Gold], answers: list[Spans]) -> tuple[float, str]:
    """Micro F1 over exact span and type, and a line with precision, recall and F1 of each type, too."""
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for one, answer in zip(gold, answers, strict=True):
        right.update(kind for _, _, kind in answer & one.spans)
        given.update(kind for _, _, kind in answer)
        wanted.update(kind for _, _, kind in one.spans)
    f1 = 2 * right.total() / (given.total() + wanted.total())
    row = "".join(f"  {kind[:3]} {2 * right[kind] / (given[kind] + wanted[kind]):.3f}" for kind in KINDS.values())
    precision, recall = right.total() / given.total(), right.total() / wanted.total()
    return f1, f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f} {row}"
