"""CleanArticle -> TaggedArticle: the language of the document and of each run of lines in it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.tagger import foreign, priors
from services.tagger.blocks import Line, lines, runs
from services.tagger.cld2 import Part, cld2_parts
from services.tagger.fast import CONFIDENCE, between, certain
from services.tagger.judge import Judgement, Tools, judge
from services.tagger.scripts import scripts
from services.tagger.variants import region, tag_of
from shared.messages import CleanArticle, Segment, TaggedArticle

_FIELDS = CleanArticle.__struct_fields__
SCANNED = 50_000  # code points that CLD2 scans for stretches; lines after it are asked one by one
OPENING = 400  # code points that show the script of a long text


def opening(article: CleanArticle, tools: Tools) -> str:
    """Title and beginning of the text: what decides the document's language."""
    return f"{article.title}\n{article.text[: tools.settings.tagger_document_sample]}"


def _document(
    article: CleanArticle, weights: Mapping[str, float], single: bool, tools: Tools
) -> tuple[Judgement, tuple[Part, ...]]:
    """The judgement on the document, and CLD2's stretches where it has several lines."""
    if single:
        return judge(opening(article, tools), weights, tools), ()
    seen = cld2_parts(article.text[:SCANNED])
    if label := certain(article.text, seen, tools.cues):
        return Judgement(label, CONFIDENCE, "ok", scripts(article.text[:OPENING])), seen.parts
    if near := between(article.text, seen, tools.second):
        return Judgement(
            *near, "ok" if near[1] >= tools.settings.tagger_ok_confidence else "low", scripts(article.text[:OPENING])
        ), seen.parts
    return judge(opening(article, tools), weights, tools), seen.parts


def _shares(units: Sequence[Line], labels: Sequence[str]) -> Counter[str]:
    """Code points in each language."""
    lengths: Counter[str] = Counter()
    for unit, label in zip(units, labels, strict=True):
        lengths[label] += unit.end - unit.start
    return lengths


def _rival(lengths: Counter[str], host: str) -> tuple[str, float]:
    """The most written language that is not `host`, and its share of the text."""
    others = [(length, label) for label, length in lengths.items() if label != host]
    if not others:
        return "", 0.0
    length, label = max(others)
    return label, length / lengths.total()


def tag(article: CleanArticle, tools: Tools) -> TaggedArticle:
    """The article with its language, script and segments.

    Never raises on text: what carries no evidence gets `und` (nothing there) or `zxx` (no letters).
    """
    weights = priors.declared(article.declared_langs, article.source.language)
    units = lines(article)
    found, parts = _document(article, weights, len(units) < 2, tools)
    host, status = found.label, found.status
    labels = [host] * len(units) if len(units) < 2 else foreign.labels(article.text, units, host, parts, tools)
    rival, share = "", 0.0
    if any(label != host for label in labels):
        lengths = _shares(units, labels)
        rival, share = _rival(lengths, host)
        if share > 0.5 and judge(article.title, {}, tools).label != host:
            host = rival
            rival, share = _rival(lengths, host)
    mixed = share >= tools.settings.tagger_mixed_share
    own = tag_of(host, found.scripts.main, opening(article, tools))
    if host == "pt" and (where := region(article.text or article.title, article.declared_langs.values())):
        own = f"pt-{where}"
    segments = []
    for run in runs(units, labels):
        same = run.label == host
        text = article.text[run.start : run.end]
        name = own if same else tag_of(run.label, scripts(text).main, text)
        segments.append(Segment(start=run.start, end=run.end, lang=name, foreign=not (same or run.quoted or mixed)))
    return TaggedArticle(
        **{name: getattr(article, name) for name in _FIELDS},
        lang=own,
        lang_confidence=round(found.confidence, 4),
        lang_status="mixed" if mixed else status,
        script=found.scripts.main,
        segments=tuple(segments),
        declared_agrees=host in weights if weights and host != "und" else None,
    )
