"""CleanArticle -> TaggedArticle: the language of the document and of each run of lines in it."""

from collections import Counter, defaultdict
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
TITLE, FIRST_LINE = 0.4, 0.15  # shares of the text that title and first line are worth
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


def _host(article: CleanArticle, units: Sequence[Line], labels: Sequence[str], first: str, tools: Tools) -> str:
    """The article's own language where its lines are in several: the one with the most text, the title and the first
    line having a word in it (a notice can be longer than a short report)."""
    shares: defaultdict[str, float] = defaultdict(float)
    length = sum(unit.end - unit.start for unit in units)
    for unit, label in zip(units, labels, strict=True):
        shares[label] += (unit.end - unit.start) / length
    shares[labels[0]] += FIRST_LINE
    if article.title:
        shares[judge(article.title, {first: foreign.HOST_BONUS}, tools).label] += TITLE
    return max(sorted(shares), key=lambda label: (label in labels, shares[label], label == first))


def _share(units: Sequence[Line], labels: Sequence[str], host: str) -> float:
    """How much of the text is in the most written language that is not `host`."""
    lengths: Counter[str] = Counter()
    for unit, label in zip(units, labels, strict=True):
        lengths[label] += unit.end - unit.start
    return max((length for label, length in lengths.items() if label != host), default=0) / lengths.total()


def _title(title: str, host: str, tools: Tools) -> str:
    """The title's own tag where it is in another language than the text, else an empty string."""
    label = foreign.asked(title, host, frozenset(), tools) if title else host
    return "" if label == host else tag_of(label, scripts(title).main, title)


def tag(article: CleanArticle, tools: Tools) -> TaggedArticle:
    """The article with its language, script and segments.

    Never raises on text: what carries no evidence gets `und` (nothing there) or `zxx` (no letters).
    """
    weights = priors.declared(article.declared_langs, article.source.language)
    units = lines(article)
    found, parts = _document(article, weights, len(units) < 2, tools)
    host, status = found.label, found.status
    labels = [host] * len(units) if len(units) < 2 else foreign.labels(article.text, units, host, parts, tools)
    share = 0.0
    if any(label != host for label in labels):
        host = _host(article, units, labels, host, tools)
        share = _share(units, labels, host)
        if host != found.label:
            own_lines = [article.text[u.start : u.end] for u, label in zip(units, labels, strict=True) if label == host]
            found = judge(
                "\n".join(own_lines)[: tools.settings.tagger_document_sample], {host: foreign.HOST_BONUS}, tools
            )
            status = found.status
    stretches = runs(units, labels)
    mixed = share >= tools.settings.tagger_mixed_share
    woven = mixed and sum(run.label != host for run in stretches) > 1  # two languages by turns; a notice comes once
    own = tag_of(host, found.scripts.main, opening(article, tools))
    if host == "pt" and (where := region(article.text or article.title, article.declared_langs.values())):
        own = f"pt-{where}"
    segments = []
    for run in stretches:
        same = run.label == host
        text = article.text[run.start : run.end]
        name = own if same else tag_of(run.label, scripts(text).main, text)
        segments.append(Segment(start=run.start, end=run.end, lang=name, foreign=not (same or run.quoted or woven)))
    return TaggedArticle(
        **{name: getattr(article, name) for name in _FIELDS},
        lang=own,
        lang_confidence=round(found.confidence, 4),
        lang_status="mixed" if mixed else status,
        script=found.scripts.main,
        segments=tuple(segments),
        title_lang=_title(article.title, host, tools) if article.text else "",
        declared_agrees=host in weights if weights and host != "und" else None,
    )
