"""CleanArticle -> TaggedArticle: the language of the document and of each run of lines in it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from services.tagger import priors
from services.tagger.blocks import Line, lines, runs
from services.tagger.cld2 import cld2
from services.tagger.judge import Judgement, Tools, enough, judge
from services.tagger.scripts import scripts
from services.tagger.variants import tag_of
from shared.messages import CleanArticle, Segment, TaggedArticle

# Neighbours that a single line seldom tells apart: inside one article they count as its own language.
_KIN = ({"hr", "sr", "bs"}, {"no", "nn"}, {"id", "ms"}, {"zh", "yue"})
_FOREIGN_PENALTY = np.float32(np.log(0.002))  # against each language that is not the document's


def _kin(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _KIN)


def _line_label(text: str, host: str, tools: Tools) -> str:
    if not enough(scripts(text), tools.settings):
        return host
    quick = cld2(text)
    if quick.reliable and quick.shares[0][1] >= 0.9 and _kin(quick.shares[0][0], host):
        return host
    bonus = {host: -float(_FOREIGN_PENALTY)} if host != "und" else {}
    found = judge(text, bonus, tools).label
    return host if _kin(found, host) else found


def _second(units: Sequence[Line], labels: Sequence[str], host: str) -> tuple[str, float]:
    """The most written language that is not `host`, and its share of the letters (by length)."""
    lengths: Counter[str] = Counter()
    for unit, label in zip(units, labels, strict=True):
        lengths[label] += unit.end - unit.start
    others = [(length, label) for label, length in lengths.items() if label != host]
    if not others:
        return "", 0.0
    length, label = max(others)
    return label, length / lengths.total()


def document(article: CleanArticle, tools: Tools) -> Judgement:
    """The judgement on title and opening of the article, with what was declared about it."""
    weights = priors.declared(article.declared_langs, article.source.language)
    sample = f"{article.title}\n{article.text[: tools.settings.tagger_document_sample]}"
    return judge(sample, weights, tools)


def tag(article: CleanArticle, tools: Tools) -> TaggedArticle:
    """The article with its language, script and segments.

    Never raises on text: what carries no evidence gets `und` (nothing there) or `zxx` (no letters).
    """
    found = document(article, tools)
    host, status = found.label, found.status
    units = lines(article)
    looked_at = units[: tools.settings.tagger_max_lines]
    labels = [
        _line_label(
            article.text[unit.start : min(unit.end, unit.start + tools.settings.tagger_block_sample)], host, tools
        )
        for unit in looked_at
    ] + [host] * (len(units) - len(looked_at))
    other, share = _second(units, labels, host)
    if share > 0.5 and judge(article.title, {}, tools).label != host:
        host = other
        other, share = _second(units, labels, host)
    mixed = share >= tools.settings.tagger_mixed_share
    if mixed:
        status = "mixed"
    own = tag_of(host, found.scripts.main, article.title + article.text[: tools.settings.tagger_document_sample])
    segments = []
    for run in runs(units, labels):
        same = run.label == host
        text = article.text[run.start : run.end]
        name = own if same else tag_of(run.label, scripts(text).main, text)
        segments.append(Segment(start=run.start, end=run.end, lang=name, foreign=not (same or run.quoted or mixed)))
    weights = priors.declared(article.declared_langs, article.source.language)
    return TaggedArticle(
        **{name: getattr(article, name) for name in CleanArticle.__struct_fields__},
        lang=own,
        lang_confidence=round(found.confidence, 4),
        lang_status=status,
        script=found.scripts.main,
        segments=tuple(segments),
        declared_agrees=host in weights if weights and host != "und" else None,
    )
