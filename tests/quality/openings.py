"""Draws the openings on which dateline and agency are scored, by a seed, before any rule was written.

Datelines stand on few of the pages, so a plain draw would be mostly empty: openings that are `likely` (capitals and
then a dash, colon, full stop or bracket, or an agency's name near the start, at the end or in the byline) are all
taken, of the rest a draw. Labels were made by reading the first 110 code points, byline and end; two were corrected
afterwards, on reading on: Mitteldeutsche Zeitung and Merkur set the dateline under a standfirst.

Only ids and labels are kept in the project; the texts stay in `../shared/data/pages`.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

SEED = 20261122
REST = 130
SETS = ("article-extraction-benchmark", "fundus-tests", "wcxb-articles")  # those that have a gold body
HEAD, TAIL = 300, 160  # code points
# Deliberately broad and written without looking at the pages: it only decides from which pot an opening is drawn.
NAMES = re.compile(r"\b(AP|AFP|dpa|APA|Reuters|UPI|PTI|ANI|IANS|TASS|EFE|ANSA|Xinhua|Yonhap|Kyodo|Agenc\w+|Agentur)\b")
# Up to seven words that start with a capital or a digit (a small particle may stand between), then the mark.
MARKED = re.compile(
    r"^\W{0,2}(?:[^\Wa-zß-ÿ_][\w.’'-]*,?\s+(?:(?:de|del|la|le|al|of|am|an|der)\s+)?){0,6}[^\Wa-zß-ÿ_][\w.’'-]*(?:\s*[–—(/:]|\s+-|--|\.\s|,[^,]{3,14}[–—])"
)


def pages(folder: Path) -> Iterator[dict[str, object]]:
    """Every page with a gold body, as `{"id": "set/id", "head", "tail", "authors", "body"}`."""
    for name in SETS:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                gold = page["gold"]
                body = (gold.get("body") or "").strip()
                if body:
                    yield {
                        "id": f"{name}/{page['id']}",
                        "head": body[:HEAD],
                        "tail": body[-TAIL:],
                        "authors": gold.get("authors") or [],
                        "body": body,
                    }


def drawn(folder: Path) -> list[dict[str, object]]:
    """The sample, in a fixed order."""
    likely, rest = [], []
    for page in sorted(pages(folder), key=lambda page: str(page["id"])):
        head, tail = str(page["head"]), str(page["tail"])
        authors = " ".join(str(author) for author in page["authors"])  # type: ignore[attr-defined]
        named = NAMES.search(head[:120]) or NAMES.search(tail) or NAMES.search(authors)
        (likely if named or MARKED.match(head[:100]) else rest).append(page)
    return likely + random.Random(SEED).sample(rest, REST)
