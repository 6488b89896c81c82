"""The summary: the first sentences of the article itself after its dateline. Nothing is ever invented.

A lead of two or three sentences is the strongest cheap baseline of news summarisation (facts: no model).
"""

import re

from services.enricher.dateline import HEAD
from shared.messages import Dateline

SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Dr|St|Lt|vs|No))(?<!\b(?:Mrs|Gen|Sen|Rep|Gov|Col|Sgt))[.!?…]+[\"'”’»)]*(?=\s|$)|[。！？]+[」』”]*|[।؟](?=\s|$)|\n"
)
MARK = re.compile(r"\s*(?:[—–―=:]|--|\.-|-\s|\.\s)\s*")


def lead(text: str, dateline: Dateline | None, sentences: int, longest: int) -> str:
    """The first `sentences` sentences of `text`, at most `longest` code points, whole sentences where one fits."""
    body = without_dateline(text.strip(), dateline)
    end, taken, start = 0, 0, 0
    for mark in SENTENCE_END.finditer(body):
        if mark.end() - start < 12 and mark[0] != "\n":
            continue  # an abbreviation, or too short to be a sentence
        if mark.end() > longest:
            break
        if body[start : mark.start()].strip():
            taken += 1
            end = mark.end()
        start = mark.end()
        if taken == sentences:
            break
    else:
        end = len(body) if len(body) <= longest and taken < sentences else end
    if end:
        return " ".join(body[:end].split())
    cut = body[:longest]
    if len(body) > longest:
        cut = cut[: cut.rfind(" ")] if " " in cut else cut
        cut = cut.rstrip(" ,;:-–—") + "…"
    return " ".join(cut.split())


def without_dateline(text: str, dateline: Dateline | None) -> str:
    """`text` from where the dateline's mark ends."""
    if dateline is None or not (dateline.place or dateline.agency):
        return text
    head = text[:HEAD]
    known = [part for part in (dateline.place, dateline.date, dateline.agency) if part and part in head]
    if not known:
        return text
    last = max(head.index(part) + len(part) for part in known)
    if min(head.index(part) for part in known) > 20:
        return text
    mark = MARK.search(head, last)
    if mark is None or mark.start() - last > 30:
        return text
    return text[mark.end() :]
