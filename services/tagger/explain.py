"""A decision laid open: what each backend said, what was decided, line by line."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np

from services.tagger.bayes import Floats
from services.tagger.judge import judge
from services.tagger.settings import TaggerSettings
from services.tagger.tag import opening, tag
from services.tagger.work import load_tools
from services.tagger.writing import SOLE
from shared.identity import article_id, file_url
from shared.messages import CleanArticle, Source
from shared.settings import load

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = 5


def article_of(text: str) -> CleanArticle:
    """A plain text as an article: a first line that stands alone is its title."""
    first, separator, rest = text.strip().partition("\n\n")
    title, body = (first, rest.strip()) if separator and "\n" not in first and len(first) < 200 else ("", text.strip())
    url = file_url(text.encode("utf-8", "replace"))
    return CleanArticle(
        article_id=article_id(url), revision=1, url=url, source=Source(id="file", channel="file"),
        first_seen_at=_EPOCH, discovered_at=_EPOCH, fetched_at=_EPOCH, title=title, text=body,
    )  # fmt: skip


def _top(labels: Iterable[str], values: Floats) -> str:
    names = list(labels)
    return "  ".join(f"{names[i]} {values[i]:.3f}" for i in np.argsort(-values, kind="stable")[:_SHOWN])


def explain(text: str) -> str:
    """The decision on `text` with every backend's vote, for people."""
    tools = load_tools(load(TaggerSettings, os.environ))
    pool, article = tools.pool, article_of(text)
    found, tagged = judge(opening(article, tools), {}, tools, ask_all=True), tag(article, tools)
    out = [
        f"lang        {tagged.lang} ({tagged.lang_status}, confidence {tagged.lang_confidence:.3f})",
        f"script      {tagged.script}  {found.scripts.counts}",
    ]
    usual = judge(opening(article, tools), {}, tools)
    if usual.vote is None and usual.label != "und":
        by = "the script alone" if usual.label == SOLE.get(usual.scripts.main) else "CLD2 alone, sure enough"
    else:
        model = tools.second.get(usual.label)
        by = f"the vote, then the model {model.name}" if model else "the vote"
    out.append(f"decided by  {by}; all backends were asked for this page")
    if found.vote is not None and found.scores is not None:
        said = "  ".join(f"{label} {share:.2f}" for label, share in found.vote.cld2.shares) or "nothing"
        out.append(f"cld2        {said}{'' if found.vote.cld2.reliable else '  (not reliable: counts a quarter)'}")
        if found.vote.bayes is not None:
            out.append(f"py3langid   {_top(pool.bayes_labels, found.vote.bayes)}")
        out.append(f"vote        {_top(pool.labels, found.vote.scores)}  (log scores)")
        out.append(f"with cues   {_top(pool.labels, found.scores)}  (and second-stage models)")
    for segment in tagged.segments:
        mark = " foreign" if segment.foreign else ""
        out.append(f"[{segment.start}:{segment.end}] {segment.lang}{mark}  {article.text[segment.start :][:60]!r}")
    return "\n".join(out)
