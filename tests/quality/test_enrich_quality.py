"""The enricher against gold (`make quality`): entities, dateline and agency, keyphrases, the seeds.

Prints the tables; fails where a figure is under its floor in `floors.json`. YAKE is asked on the same texts
where it is installed; otherwise its figure of `../shared/data`'s fact page stands beside ours. spaCy's figures are in
`python -m tests.bench.entities`.
"""

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import pytest

from services.cleaner.work import prepare as prepare_cleaner
from services.enricher import (
    agencies,
    capitals,
    coreference,
    dateline,
    datewords,
    entities,
    gazetteer,
    keyphrases,
    lead,
    lexicon,
    scan,
    sequence,
    signals,
)
from services.enricher.enrich import enrich, load_tables, own_runs
from services.enricher.linking import Context
from services.enricher.mentions import without_overlaps
from services.enricher.settings import EnricherSettings
from services.enricher.work import prepare
from services.tagger.work import prepare as prepare_tagger
from shared.messages import RawArticle, Source, TaggedArticle
from tests.quality import entity_gold, openings

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"
ARCHIVE = DATA / "entities" / "entities.tar.gz"
FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))["enricher"]
KINDS = ("person", "organisation", "place")
THEN = datetime(2026, 11, 22, tzinfo=UTC)
MENTIONED_OFTEN = 3
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ARCHIVE.exists(), reason="no ../shared/data: nothing to measure against"),
]


def report(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)


def floor(name: str, value: float) -> None:
    """Compares a figure with its floor; names that start with `max_` are ceilings."""
    limit = FLOORS["floors"][name]
    report(f"  {name:34s} {value:9.4f}   floor {limit}")
    assert value <= limit if name.startswith("max_") else value >= limit, f"{name}: {value:.4f}, the floor is {limit}"


def show(name: str, value: float) -> None:
    """Prints a figure of time beside its target. A busy machine must not decide a test; `make bench` compares speed."""
    report(f"  {name:34s} {value:9.4f}   target {FLOORS['targets'][name]}")


def article(text: str, title: str = "", lang: str = "en", authors: tuple[str, ...] = ()) -> TaggedArticle:
    return TaggedArticle(
        article_id="0" * 32,
        revision=1,
        url="https://news.example/a",
        source=Source(id="gold"),
        first_seen_at=THEN,
        discovered_at=THEN,
        fetched_at=THEN,
        title=title,
        text=text,
        lang=lang,
        authors=authors,
    )


@pytest.fixture(scope="module")
def gold() -> list[entity_gold.Gold]:
    found = entity_gold.newswire(ARCHIVE)
    digest = blake2b("".join(one.name + one.text for one in found).encode(), digest_size=16).hexdigest()
    assert digest == FLOORS["digest"], "another corpus: measure anew and set the floors on purpose"
    return found


@pytest.fixture(scope="module")
def enriched(gold):
    work = prepare()
    started = time.process_time()
    found = [work(article(one.text)) for one in gold]
    report(f"\nenrich: {len(gold) / (time.process_time() - started):.0f} newswire articles per CPU second")
    return found


def scores(gold: list[entity_gold.Gold], answers: list[entity_gold.Spans], title: str) -> float:
    """Prints precision, recall and F1, also of each type; returns F1 of all."""
    f1, line = entity_gold.score(gold, answers)
    report(f"{title:28s} {line}")
    return f1


def test_entities_on_newswire(gold, enriched):
    places, lists = gazetteer.load(), lexicon.load()
    ours = [
        {(span.start, span.end, entity.type) for entity in one.entities for span in entity.spans} for one in enriched
    ]
    ruled = []
    for one in gold:
        whole = [(0, len(one.text))]
        found = coreference.same_kind(
            without_overlaps(capitals.recognise(one.text, 0, len(one.text), "en", places, lists))
        )
        found += coreference.last_names(one.text, found, whole, lists)
        ruled.append({(mention.start, mention.end, mention.kind) for mention in found})
    report(f"entities on worldwide-newswire-dev, {len(gold)} articles, exact span and type")
    rules = scores(gold, ruled, "rules and gazetteers")
    f1 = scores(gold, ours, "the enricher")
    floor("rules_f1", rules)
    floor("entities_f1", f1)
    floor("entities_over_rules", f1 - rules)
    floor("max_model_mb", entities.ENGLISH_MODEL.stat().st_size / 1e6)


def test_speed_of_entities(gold):
    places, lists = gazetteer.load(), lexicon.load()
    model, scanner = sequence.Model(entities.ENGLISH_MODEL), scan.load(places)
    best = 0.0
    for _ in range(3):
        started = time.process_time()
        for one in gold[:100]:
            entities.mentions(one.text, [(0, len(one.text))], "en", places, lists, model, scanner)
        best = max(best, 100 / (time.process_time() - started))
    show("entities_articles_per_cpu_second", best)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three runs."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def test_enrich_costs_no_more_than_its_parts(gold):
    settings = EnricherSettings()
    tables = load_tables(settings)
    some = [article(one.text) for one in gold[:60]]
    whole = seconds(lambda: [enrich(one, tables, settings) for one in some])
    runs = [own_runs(one, settings.enrich_text_characters) for one in some]
    lists = (tables.gazetteer, tables.lexicon)
    found = [
        entities.mentions(one.text, run, "en", *lists, tables.model, tables.scanner)
        for one, run in zip(some, runs, strict=True)
    ]
    joined = [coreference.entities(one, "en", Context(), *lists, 100) for one in found]
    lines = [dateline.read(one.text, (), "en", tables.gazetteer, tables.agencies, tables.months) for one in some]
    parts = {
        "dateline": lambda: [
            dateline.read(one.text, (), "en", tables.gazetteer, tables.agencies, tables.months) for one in some
        ],
        "mentions": lambda: [
            entities.mentions(one.text, run, "en", *lists, tables.model, tables.scanner)
            for one, run in zip(some, runs, strict=True)
        ],
        "co-reference and linking": lambda: [coreference.entities(one, "en", Context(), *lists, 100) for one in found],
        "keyphrases": lambda: [
            keyphrases.keyphrases("", one.text, run, "en", join, 10)
            for one, run, join in zip(some, runs, joined, strict=True)
        ],
        "lead": lambda: [lead.lead(one.text, line, 2, 500) for one, line in zip(some, lines, strict=True)],
        "signals": lambda: [
            signals.signals(one, line, tables.month_numbers) for one, line in zip(some, lines, strict=True)
        ],
    }
    costs = {name: seconds(part) / len(some) for name, part in parts.items()}
    for name, cost in costs.items():
        report(f"  {name:26s} {cost * 1000:6.2f} ms an article")
    show("max_enrich_over_parts", whole / len(some) / sum(costs.values()))


def test_memory_of_a_worker(gold):
    script = (
        "import sys\n"
        "from shared.observe.memory import peak_mib\n"
        "from tests.quality.test_enrich_quality import article\n"
        "from services.enricher.work import prepare\n"
        "work = prepare()\n"
        "for text in sys.stdin.read().split('\\x00'): work(article(text))\n"
        "for lang in ('de', 'ru', 'zh', 'ar', 'fi'): work(article('Kiel, Москва, 北京.', lang=lang))\n"
        "print(peak_mib())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        input="\x00".join(one.text for one in gold[:50]),
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE.parent.parent,
        timeout=300,
    )
    floor("max_worker_mib", float(run.stdout))


def test_places_are_linked_and_the_confidence_says_how_surely(gold, enriched):
    """`links.tsv`: a seeded sample of 170 linked names, judged by reading; `-` where no listed city is meant."""
    with (HERE / "links.tsv").open(encoding="utf-8") as lines:
        labels = [row for row in csv.reader(lines, delimiter="\t") if not row[0].startswith("#")]
    answers = {one.name: (one.text, result) for one, result in zip(gold, enriched, strict=True)}
    right, linked = 0, []
    for name, printed, wanted in labels:
        text, result = answers[name]
        given, sure = "", 0.0
        for entity in result.entities:
            if entity.type == "place" and any(text[span.start : span.end] == printed for span in entity.spans):
                given, sure = entity.id, entity.confidence
        ours = given if given.startswith("geonames:") else "-"
        right += ours == wanted
        if ours != "-":
            linked.append((sure, ours == wanted))
    error = 0.0
    for low, high in pairwise((0.0, 0.6, 0.75, 0.9, 1.01)):
        bin_ = [(sure, good) for sure, good in linked if low <= sure < high]
        if bin_:
            mean, share = sum(sure for sure, _ in bin_) / len(bin_), sum(good for _, good in bin_) / len(bin_)
            report(f"  links said to be {mean:.2f} sure: {share:.2f} of {len(bin_)} right")
            error += abs(mean - share) * len(bin_) / len(linked)
    floor("linking_accuracy", right / len(labels))
    floor("max_linking_calibration_error", error)


def test_dateline_and_agency_of_openings():
    with (HERE / "openings.tsv").open(encoding="utf-8") as lines:
        labels = {row[0]: row[1:] for row in csv.reader(lines, delimiter="\t") if not row[0].startswith("#")}
    places, wires, months = gazetteer.load(), agencies.load(), datewords.load_months()
    tag = prepare_tagger()
    pages = openings.drawn(DATA / "pages")
    assert [page["id"] for page in pages] == list(labels), "the draw has changed"
    places_right, agencies_right, found, wanted, wrong = 0, 0, 0, 0, []
    empty_agency = [0, 0, 0]
    for page in pages:
        place, country, agency = labels[str(page["id"])]
        body = str(page["body"])
        lang = tag(article(body, lang="und")).lang.split("-")[0]
        line = dateline.read(body, tuple(page["authors"]), lang, places, wires, months)
        got = (line.place, line.country, wires.named(line.agency)) if line else ("", "", "")
        wanted += bool(place)
        found += bool(got[0])
        places_right += bool(place and got[0] and got[1] == country)
        empty_agency[0] += bool(agency and got[2] == wires.named(agency))
        empty_agency[1] += bool(got[2])
        empty_agency[2] += bool(agency)
        agencies_right += got[2] == wires.named(agency)
        if bool(place) != bool(got[0]) or got[1] != country or got[2] != wires.named(agency):
            wrong.append(f"    {page['id']}: {got} for {(place, country, agency)}")
    report(f"dateline: {len(pages)} openings, {wanted} with a place, {empty_agency[2]} with an agency")
    for line in wrong:
        report(line)
    floor("dateline_f1", 2 * places_right / (found + wanted))
    floor("agency_f1", 2 * empty_agency[0] / (empty_agency[1] + empty_agency[2]))


def often_mentioned(one: entity_gold.Gold) -> set[str]:
    counts = Counter(one.text[start:end].casefold() for start, end, _ in one.spans)
    return {name for name, count in counts.items() if count >= MENTIONED_OFTEN}


def recall(wanted: set[str], phrases: list[str]) -> int:
    """How many of the names are among the phrases, whole or as a part of one, or hold one."""
    folded = [phrase.casefold() for phrase in phrases]
    return sum(any(name == phrase or f" {name} " in f" {phrase} " for phrase in folded) for name in wanted)


def test_keyphrases_find_the_entities_that_matter(gold, enriched):
    pairs = [(often_mentioned(one), result) for one, result in zip(gold, enriched, strict=True)]
    wanted = sum(len(names) for names, _ in pairs)
    ours = sum(recall(names, list(result.keyphrases)) for names, result in pairs) / wanted
    report(f"keyphrases: recall at 10 of {wanted} entities that are mentioned three times or more")
    theirs = FLOORS["yake_recall"]
    try:
        import yake

        extractor = yake.KeywordExtractor(lan="en", n=3, top=10)
        theirs = sum(
            recall(names, [phrase for phrase, _ in extractor.extract_keywords(result.text)]) for names, result in pairs
        )
        theirs /= wanted
        report(f"  YAKE {theirs:.4f}")
    except ImportError:
        report(f"  YAKE is not installed; measured on this set: {theirs}")
    floor("keyphrase_recall", ours)
    floor("keyphrase_over_yake", ours - theirs)


@pytest.mark.parametrize(
    ("seed", "people", "agency", "country"),
    [
        ("000_609f0e1426808961.txt", {"sergey lavrov"}, "", ""),
        ("004_4abdb8e10c1763bf.txt", {"wang yi"}, "AP", "KR"),
    ],
)
def test_seed(seed, people, agency, country):
    raw = RawArticle(
        article_id="0" * 32,
        revision=1,
        url="urn:wireroom:file:seed",
        source=Source(id="seed", channel="file"),
        first_seen_at=THEN,
        discovered_at=THEN,
        fetched_at=THEN,
        media_type="text/plain",
        content=(DATA / "seeds" / seed).read_text(encoding="utf-8"),
    )
    result = prepare()(prepare_tagger()(prepare_cleaner()(raw)))
    found = {coreference.person_key(entity.text): entity for entity in result.entities if entity.type == "person"}
    assert people | {"sun weidong", "pak myong ho", "kim jong un", "vladimir putin", "liu guozhong"} <= found.keys()
    assert found["pak myong ho"].id == coreference.local_id("person", "Pak Myong Ho")
    linked = {entity.id for entity in result.entities if entity.type == "place"}
    assert {"iso:CN", "iso:KP", "iso:RU", "iso:KR", "iso:JP"} <= linked
    named = " ".join(entity.text for entity in result.entities)
    for junk in ("Messi", "Poinbank", "Lego", "Taylor", "Biden", "WEOWNCOIN", "çerez", "Usher", "Chainkeen"):
        assert junk not in named
    line = result.dateline
    assert ((line.agency, line.country) if line else ("", "")) == (agency, country)
