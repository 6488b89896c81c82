"""The tagger against gold and against the best single library in the same run (`make quality`).

Prints the tables; fails where a figure is under its floor in `floors.json`, or under the rule of the table that names
the best single library. py3langid, CLD2 and, where it is installed, lingua are asked on the same texts.
"""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from services.tagger import make_pairs
from services.tagger.labels import folded as label_of
from services.tagger.pairs import GROUPS
from services.tagger.settings import TaggerSettings
from services.tagger.tag import tag
from services.tagger.work import load_tools, prepare
from shared.messages import TaggedArticle
from tests.quality import tag_corpus, tag_measure
from tests.quality.tag_corpus import SIXTY_THREE, THIRTY, UNSUPPORTED, Row, article, folded, gold

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text())["tagger"]
FOLDS = 3
Answers = dict[str, list[str]]
pytestmark = pytest.mark.slow


def report(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)


def floor(name: str, value: float, interval: tuple[float, float] | None = None) -> None:
    """Compares a figure with its floor; names that start with `max_` are ceilings."""
    limit = FLOORS["floors"][name]
    within = f" [{interval[0]:.4f}, {interval[1]:.4f}]" if interval else ""
    report(f"  {name:42s} {value:8.4f}{within}   floor {limit}")
    assert value <= limit if name.startswith("max_") else value >= limit, f"{name}: {value:.4f}, the floor is {limit}"


def show(name: str, value: float) -> None:
    """Prints a figure of time beside its target. A busy machine must not decide a test; `make bench` compares speed."""
    report(f"  {name:42s} {value:8.4f}   target {FLOORS['targets'][name]}")


def mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float((weights * values).sum() / weights.sum())


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    read, digest = tag_corpus.corpus()
    assert digest == FLOORS["digest"], "another corpus: measure anew and set the floors on purpose"
    return read


@pytest.fixture(scope="module")
def tagger() -> Callable[..., TaggedArticle]:
    return prepare()


def py3langid_alone() -> Callable[[str], str]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: label_of(model.classify(text)[0])


def cld2_alone(text: str) -> str:
    import pycld2

    for best_effort in (False, True):
        _, _, details = pycld2.detect(text, isPlainText=True, bestEffort=best_effort)
        if details[0][1] != "un":
            return label_of(details[0][1])
    return "und"


def lingua_alone() -> Callable[[str], str] | None:
    try:
        from lingua import LanguageDetectorBuilder
    except ImportError:
        return None
    detector = LanguageDetectorBuilder.from_all_languages().build()

    def said(text: str) -> str:
        found = detector.detect_language_of(text)
        return label_of(found.iso_code_639_1.name.lower()) if found else "und"

    return said


@pytest.fixture(scope="module")
def singles() -> dict[str, Callable[[str], str]]:
    found = {"py3langid": py3langid_alone(), "cld2": cld2_alone}
    lingua = lingua_alone()
    return found if lingua is None else {**found, "lingua": lingua}


@pytest.fixture(scope="module")
def answers(rows, tagger, singles) -> dict[tuple[str, str], tuple[list[Row], Answers, list[TaggedArticle]]]:
    """(set, kind) -> rows, what each says, and our whole answers. Asked once for all tests."""
    found = {}
    wanted = [("ntrex", "head"), ("ntrex", "para"), ("masakha", "head"), ("wmt21", "sent")]
    for name, kind in wanted:
        some = [row for row in rows if (row.set, row.kind) == (name, kind)]
        ours = [tagger(article(row.text)) for row in some]
        said = {single: [ask(row.text) for row in some] for single, ask in singles.items()}
        found[name, kind] = some, {"ours": [folded(tagged.lang) for tagged in ours], **said}, ours
    return found


def table(title: str, some: Sequence[Row], said: Answers, languages: Sequence[str] | None = None) -> dict[str, float]:
    """Macro-F1 of each with intervals, printed, and of ours minus the best single one, paired."""
    keep = [n for n, row in enumerate(some) if languages is None or row.lang in set(languages)]
    true = [gold(some[n]) for n in keep]
    docids = [some[n].docid for n in keep]
    given = {name: [guesses[n] for n in keep] for name, guesses in said.items()}
    scores = {name: tag_measure.macro_f1(true, guesses) for name, guesses in given.items()}
    best = max((name for name in scores if name != "ours"), key=lambda name: scores[name])
    report(f"{title}: {len(keep)} texts, {len(set(docids))} documents")
    for name, guesses in given.items():
        low, high = tag_measure.interval(docids, lambda w, g=guesses: tag_measure.macro_f1(true, g, w))
        report(f"  {name:12s} {scores[name]:.4f} [{low:.4f}, {high:.4f}]")
    low, high = tag_measure.interval(
        docids, lambda w: tag_measure.macro_f1(true, given["ours"], w) - tag_measure.macro_f1(true, given[best], w)
    )
    report(f"  ours - {best}: {scores['ours'] - scores[best]:+.4f} [{low:+.4f}, {high:+.4f}]")
    return {"ours": scores["ours"], "best": scores[best]}


@pytest.mark.parametrize(
    ("name", "kind", "languages", "ahead"),
    [
        ("head30", "head", THIRTY, 0.003),
        ("head63", "head", SIXTY_THREE, 0.004),
        ("head_all", "head", None, 0.02),
        ("para_all", "para", None, 0.02),
    ],
)
def test_news_in_translation(answers, name, kind, languages, ahead):
    some, said, _ = answers["ntrex", kind]
    scores = table(f"ntrex {name}", some, said, languages)
    floor(name, scores["ours"])
    assert scores["ours"] >= scores["best"] + ahead


@pytest.mark.parametrize(
    ("name", "key"),
    [("masakha_head", ("masakha", "head")), ("wmt21", ("wmt21", "sent"))],
)
def test_native_news(answers, name, key):
    some, said, _ = answers[key]
    scores = table(name, some, said)
    floor(name, scores["ours"])


@pytest.fixture(scope="module")
def excerpts(rows, singles) -> tuple[list[Row], Answers]:
    """The native excerpts, each judged with second-stage models made without it (three folds by document)."""
    some = [row for row in rows if row.set == "dsl"]
    said: Answers = {"ours": [""] * len(some), **{name: [ask(r.text) for r in some] for name, ask in singles.items()}}
    fold = [tag_corpus.stable("fold", row.docid) % FOLDS for row in some]
    for part in range(FOLDS):
        second = {}
        for group in ("hr-sr-bs", "id-ms"):
            train = [row for row, at in zip(some, fold, strict=True) if at != part and row.lang in GROUPS[group]]
            model = make_pairs.fitted(make_pairs.samples(train, group), group)
            second |= dict.fromkeys(GROUPS[group], model)
        work = partial(tag, tools=dataclasses.replace(load_tools(TaggerSettings()), second=second))
        for n in (n for n, at in enumerate(fold) if at == part):
            said["ours"][n] = folded(work(article(some[n].text)).lang)
    return some, said


@pytest.mark.parametrize(
    ("name", "languages"), [("dsl_hr_sr_bs", ["hr", "sr", "bs"]), ("dsl_id_ms", ["id", "ms"]), ("dsl", None)]
)
def test_near_languages_on_native_excerpts(excerpts, name, languages):
    some, said = excerpts
    scores = table(name, some, said, languages)
    floor(name, scores["ours"])
    assert scores["ours"] >= scores["best"]


@pytest.mark.parametrize(("name", "languages"), [("30", THIRTY), ("63", SIXTY_THREE)])
def test_a_declared_language_helps(answers, tagger, name, languages):
    """Declared in 80 % of the headlines, right in 95 % of these, else another of the same languages."""
    some, said, _ = answers["ntrex", "head"]
    keep = [n for n, row in enumerate(some) if row.lang in set(languages)]
    guesses = []
    for n in keep:
        row = some[n]
        chance = tag_corpus.stable("declared", row.variant, row.docid) % 10_000
        declared = {}
        if chance < 8_000:
            others = [lang for lang in languages if lang != row.lang]
            declared = {"html": row.lang if chance < 7_600 else others[chance % len(others)]}
        guesses.append(folded(tagger(article(row.text, declared=declared)).lang))
    true, docids = [some[n].lang for n in keep], [some[n].docid for n in keep]
    score = tag_measure.macro_f1(true, guesses)
    plain = tag_measure.macro_f1(true, [said["ours"][n] for n in keep])
    low, high = tag_measure.interval(docids, lambda w: tag_measure.macro_f1(true, guesses, w))
    report(f"declared {name}: {score:.4f} [{low:.4f}, {high:.4f}], text only {plain:.4f}")
    floor(f"declared{name}", score)
    assert score >= min(plain + 0.005, 1.0)


def test_variants(rows, tagger):
    for name, kind, wanted in [
        ("sr_latn_doc", "doc", {"sr-Latn"}),
        ("sr_cyrl_doc", "doc", {"sr-Cyrl"}),
        ("zh_hans_hant_doc", "doc", {"zh-Hans", "zh-Hant"}),
        ("zh_hans_hant_head", "head", {"zh-Hans", "zh-Hant"}),
    ]:
        some = [row for row in rows if row.set == "ntrex" and row.kind == kind and row.variant in wanted]
        right = [tagger(article(row.text)).lang == row.variant for row in some]
        floor(name, float(np.mean(right)))


def test_confidence_is_calibrated_on_headlines(answers):
    some, said, ours = answers["ntrex", "head"]
    for name, languages in (("30", THIRTY), ("63", SIXTY_THREE)):
        keep = [n for n, row in enumerate(some) if row.lang in set(languages)]
        right = np.array([said["ours"][n] == some[n].lang for n in keep])
        confidence = np.array([ours[n].lang_confidence for n in keep])
        documents = [some[n].docid for n in keep]

        def resampled(measure, weights, right=right, confidence=confidence):
            drawn = np.repeat(np.arange(len(right)), weights.astype(int))
            return measure(confidence[drawn], right[drawn])

        for label, measure in (
            ("coverage99_head", tag_measure.coverage),
            ("max_calibration_error_head", tag_measure.calibration_error),
        ):
            low, high = tag_measure.interval(documents, lambda w, m=measure: resampled(m, w))
            floor(f"{label}{name}", measure(confidence, right), (low, high))


def test_unsupported_languages_are_not_labelled_with_confidence(answers):
    """Wrong labels at confidence .9 or more, of texts in languages that neither library knows; and what it costs."""
    for kind in ("head", "para"):
        some, said, ours = answers["ntrex", kind]
        foreign = [n for n, row in enumerate(some) if row.lang in UNSUPPORTED]
        wrong = [said["ours"][n] != some[n].lang and ours[n].lang_confidence >= 0.9 for n in foreign]
        core = [n for n, row in enumerate(some) if row.lang in set(SIXTY_THREE)]
        kept = [ours[n].lang_confidence >= 0.9 for n in core]
        low, high = tag_measure.interval([some[n].docid for n in foreign], partial(mean, np.array(wrong)))
        report(f"unsupported {kind}: {np.mean(kept):.4f} of the 63 languages' texts reach .9")
        floor(f"max_unsupported_wrong_{kind}", float(np.mean(wrong)), (low, high))


def test_foreign_tails_are_found(rows, tagger):
    made = tag_corpus.tailed(rows)
    found, alarms = [], []
    for case in made:
        tagged = tagger(article(case.text))
        tail = [s for s in tagged.segments if s.foreign and s.end > case.start]
        found.append(any(folded(s.lang) == case.tail and s.start >= case.start for s in tail))
        body = [s for s in tagged.segments if s.start < case.start]
        alarms.append(folded(tagged.lang) != case.host or any(s.foreign or s.lang != tagged.lang for s in body))
    docids = [case.docid for case in made]
    for name, values in (("tail_found", found), ("max_tail_false_alarm", alarms)):
        low, high = tag_measure.interval(docids, partial(mean, np.array(values)))
        floor(name, float(np.mean(values)), (low, high))


def per_second(work: Callable[[], object], texts: int) -> float:
    before = time.process_time()
    work()
    return texts / (time.process_time() - before)


def test_speed_against_py3langid(rows, tagger, singles):
    """Articles per CPU second, ours (document and lines) over py3langid alone (one answer), interleaved."""
    for name, kind in (("speed_docs", "doc"), ("speed_heads", "head")):
        some = [row for row in rows if row.set == "ntrex" and row.kind == kind and row.lang in set(THIRTY)]
        some = sorted(some, key=lambda row: tag_corpus.stable(row.variant, row.docid))[: 400 if kind == "doc" else 1500]
        articles = [article(row.text) for row in some]
        ratios = []
        for _ in range(3):
            ours = per_second(lambda a=articles: [tagger(one) for one in a], len(some))
            alone = per_second(lambda s=some: [singles["py3langid"](row.text) for row in s], len(some))
            ratios.append(ours / alone)
        report(f"{kind}: {ours:.0f} per CPU second, py3langid alone {alone:.0f}")
        show(name, float(np.median(ratios)))


START = """
import re, time
from pathlib import Path
import shared.messages, structlog
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before, started = peak(), time.perf_counter()
from services.tagger.work import prepare
work = prepare()
print(time.perf_counter() - started, peak() - before)
"""


def test_start_and_memory():
    runs = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", START], capture_output=True, text=True, check=True, env={**os.environ}
        )
        runs.append([float(part) for part in done.stdout.split()])
    show("max_start_seconds", float(np.median([run[0] for run in runs])))
    floor("max_memory_mib", float(np.median([run[1] for run in runs])))
