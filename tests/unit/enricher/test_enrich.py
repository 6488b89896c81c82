import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from services.enricher.enrich import enrich, load_tables
from services.enricher.settings import EnricherSettings
from shared.codec import decode, encode
from shared.messages import EnrichedArticle, HostProfile, Removed, Segment, Source, TaggedArticle

TABLES = load_tables(EnricherSettings())
THEN = datetime(2026, 11, 22, tzinfo=UTC)


def article(text, **fields):
    fields = {"title": "", "lang": "en"} | fields
    return TaggedArticle(
        article_id="0" * 32,
        revision=1,
        url="https://news.example/a",
        source=Source(id="example"),
        first_seen_at=THEN,
        discovered_at=THEN,
        fetched_at=THEN,
        text=text,
        **fields,
    )


def enriched(text, **fields):
    return enrich(article(text, **fields), TABLES, EnricherSettings())


def named(result, kind):
    return {entity.text: entity for entity in result.entities if entity.type == kind}


HARBOUR = """KIEL, Germany (AP) — Harbour master Greta Lindqvist said on Monday the ferry to Norway starts in May.

"We have waited for ten years," Lindqvist told the Kiel Harbour Authority in Hamburg. Norwegian Transport Minister
Jon-Ivar Nygård had visited Germany last week. Mr. Nygård praised the plan."""


def test_spans_are_the_names_in_the_text():
    result = enriched(HARBOUR)
    for entity in result.entities:
        for span in entity.spans:
            assert entity.type != "person" or HARBOUR[span.start : span.end].split()[-1] in entity.text
            assert HARBOUR[span.start : span.end].strip() == HARBOUR[span.start : span.end]


def test_a_bare_family_name_is_the_person_named_before():
    people = named(enriched(HARBOUR), "person")
    assert len(people["Greta Lindqvist"].spans) == 2


def test_a_person_is_called_by_the_full_name_and_is_one_with_or_without_title():
    text = "Mr. Nygård spoke. Later Jon-Ivar Nygård left. Mr. Nygård and Mr. Nygård came back."
    people = named(enriched(text), "person")
    assert [len(one.spans) for one in people.values()] == [4]
    assert "Jon-Ivar Nygård" in people
    assert people["Jon-Ivar Nygård"].id == named(enriched(HARBOUR), "person")["Jon-Ivar Nygård"].id
    alone = [named(enriched(f"The court heard {name} on Monday."), "person") for name in ("Mr. Nygård", "Nygård")]
    assert len({one.id for found in alone for one in found.values()}) == 1


def test_an_official_name_of_a_country_is_the_country():
    text = "The Democratic People’s Republic of Korea and the Republic of Korea met; the Republic of Koreans did not."
    places = named(enriched(text), "place")
    assert [(name, place.id) for name, place in places.items()] == [
        ("Democratic People’s Republic of Korea", "iso:KP"),
        ("Republic of Korea", "iso:KR"),
    ]


def test_places_and_countries_are_linked():
    places = named(enriched(HARBOUR), "place")
    assert places["Germany"].id == "iso:DE"
    assert places["Hamburg"].id == "geonames:2911298"
    assert places["Norway"].country == "NO"


def test_two_spellings_are_one_person_with_one_id_in_every_article():
    first = enriched("Foreign minister Pak Myong-ho spoke. Later Pak Myong Ho left, and Pak smiled.")
    second = enriched("President Pak Myong Ho came back.")
    (one,) = named(first, "person").values()
    (other,) = named(second, "person").values()
    assert len(one.spans) == 3
    assert one.id == other.id


def test_foreign_segments_yield_nothing():
    text = "The ferry sailed from Kiel to Oslo.\n\nSitemiz Ankara ve Microsoft çerezleri kullanır."
    at = text.index("Sitemiz")
    result = enriched(text, segments=(Segment(start=at, end=len(text), lang="tr", foreign=True),))
    assert all(span.end <= at for entity in result.entities for span in entity.spans)
    assert "çerez" not in result.summary
    assert result.signals["foreign_share"] > 0.5


def test_summary_is_the_lead_after_the_dateline():
    summary = enriched(HARBOUR).summary
    assert summary.startswith("Harbour master Greta Lindqvist said")
    assert all(word in HARBOUR for word in summary.split())


@pytest.mark.parametrize("text", ["", " ", "\n\n", "—", "A", "🙂", "((((", "AP", "...", "x" * 5000, "Ab " * 3000])
def test_odd_texts_pass(text):
    result = enriched(text)
    assert result.versions
    assert len(result.summary) <= 501


def test_same_input_same_bytes_in_another_process():
    line = encode(article(HARBOUR))
    command = [sys.executable, "-m", "services.enricher", "--jsonl"]
    for seed in ("1", "2"):  # the order of sets must not show
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(command, input=line, env=environment, capture_output=True, check=True, timeout=120)
        assert run.stdout.strip() == encode(enriched(HARBOUR))


def test_a_copier_that_redates_shows_in_the_signals():
    result = enriched("KIEL, May 3 (AP) — The ferry sailed.", published_at="2026-05-20T10:00:00Z")
    assert result.signals["dateline_date_gap_days"] == 17


@pytest.mark.parametrize(("rule", "agency"), [("host", 1.0), ("related", 0.0)])
def test_a_credit_that_was_cut_because_the_host_repeats_it_is_a_credit(rule, agency):
    cut = (Removed(rule=rule, text="© 2026 The Associated Press. All rights reserved."),)
    assert enriched("The ferry sailed on Monday.", removed=cut).signals["agency"] == agency


SOURCE = HostProfile(host="news.example", version=71, signals={"agency_share": 0.9, "articles": 40.0})


def test_numbers_of_the_host_come_from_its_profile_and_the_record_names_it():
    plain, told = enriched(HARBOUR), enrich(article(HARBOUR), TABLES, EnricherSettings(), SOURCE)
    added = {name: value for name, value in told.signals.items() if name.startswith("host_")}
    assert added == {"host_agency_share": 0.9, "host_articles": 40.0}
    assert told.versions == {**plain.versions, "profile": "71"}
    assert list(told.signals) == sorted(told.signals)
    assert list(told.versions) == sorted(told.versions)
    assert replace(told, signals=plain.signals, versions=plain.versions) == plain


def test_without_a_profile_nothing_is_said_of_the_host_and_none_is_named():
    plain = enriched(HARBOUR)
    assert "profile" not in plain.versions
    assert not [name for name in plain.signals if name.startswith("host_")]
    assert enrich(article(HARBOUR), TABLES, EnricherSettings(), HostProfile()) == plain


def test_a_filter_with_profiles_gives_the_same_bytes_whatever_the_worker_count(tmp_path):
    known = tmp_path / "profiles.jsonl"
    known.write_bytes(encode(SOURCE) + b"\n")
    hosts = ("www.news.example", "other.example")
    given = [replace(article(f"{HARBOUR} {n}"), url=f"https://{host}/{n}") for n in range(6) for host in hosts]
    lines = b"".join(encode(one) + b"\n" for one in given)
    made = set()
    for workers in ("1", "2"):
        command = [sys.executable, "-m", "services.enricher", "--jsonl", "--profile", str(known), "--workers", workers]
        made.add(subprocess.run(command, input=lines, capture_output=True, check=True, timeout=120).stdout)
    (output,) = made
    articles = [decode(line, EnrichedArticle) for line in output.splitlines()]
    assert [one.versions.get("profile") for one in articles] == ["71", None] * 6
    assert [one.signals.get("host_articles") for one in articles] == [40.0, None] * 6
