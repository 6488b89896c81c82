"""What every search index promises, whatever engine stands behind it.

One suite over every engine: the fixture `index` gives an empty one, `open_index` opens the same data again. An engine
joins by one entry in ENGINES.
"""

import string
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.search.parse import parse
from shared.identity import digest
from shared.messages import EnrichedArticle, Source
from shared.searchindex.document import Document
from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.index import SearchIndex, Verdict
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.query import BadCursor, Bucket, Not, Phrase, Query, Results, Word

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
APPLIED, STALE, REJECT = Verdict.APPLIED, Verdict.STALE, Verdict.REJECT


Open = Callable[[], SearchIndex]


def embedded(request: pytest.FixtureRequest) -> Open:
    """A folder of its own."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("index")
    return lambda: EmbeddedIndex(folder)


def opensearch(request: pytest.FixtureRequest) -> Open:
    """An alias of its own on the real server."""
    opensearch_settings = request.getfixturevalue("new_opensearch")()
    return lambda: OpenSearchIndex(opensearch_settings, refresh=True)


ENGINES = [embedded, pytest.param(opensearch, marks=pytest.mark.integration)]


@pytest.fixture(params=ENGINES)
def open_index(request: pytest.FixtureRequest) -> Open:
    """Opens the index of this test, the same data each time."""
    opens: Open = request.param(request)
    return opens


@pytest.fixture
def index(open_index: Open) -> Iterator[SearchIndex]:
    opened = open_index()
    yield opened
    opened.close()


def doc(name: str, revision: int = 1, **fields: object) -> Document:
    """A document about anything, named so that a test can tell it from others."""
    article_id = digest(name.encode())
    first_seen: datetime = fields.get("first_seen_at", NOON)  # type: ignore[assignment]
    url = f"https://example.org/{name}"
    article = EnrichedArticle(
        article_id=article_id,
        revision=revision,
        url=url,
        source=Source(id="harbour", name="Harbour Herald"),
        first_seen_at=first_seen,
        discovered_at=first_seen,
        fetched_at=first_seen,
    )
    values = {"url": url, "title": name, "lang": "en", "source": "harbour", "time": first_seen} | fields
    values |= {"first_seen_at": first_seen, "indexed_month": first_seen.strftime("%Y.%m")}
    return Document(id=article_id, revision=revision, generation=1, article=article, **values)  # type: ignore[arg-type]


def ask(index: SearchIndex, text: str = "", **rest: object) -> Results:
    return index.search(Query(root=parse(text), **rest))  # type: ignore[arg-type]


def titles(results: Results) -> list[str]:
    return [hit.document.title for hit in results.hits]


def found(index: SearchIndex, text: str = "", **rest: object) -> set[str]:
    return set(titles(ask(index, text, **rest)))


def verdicts(index: SearchIndex, *documents: Document) -> list[Verdict]:
    return [outcome.verdict for outcome in index.apply(documents)]


# -- writing ----------------------------------------------------------------------------------------------------------


def test_an_empty_index_answers(index):
    assert ask(index, "ferry", facets=("lang",)) == Results(total=0, facets={"lang": ()})
    assert ask(index).total == index.count() == 0
    assert index.get(digest(b"nothing")) is None
    assert index.get("no id at all \ud800") is None
    assert index.apply([]) == []
    assert index.healthy()


def test_what_is_applied_is_found_at_once_and_comes_back_whole(index):
    ferry = doc("Ferry", text="The ferry leaves at noon.", authors=("Ada Brook",), country="NO")
    assert verdicts(index, ferry) == [APPLIED]
    assert [hit.document for hit in ask(index, "noon").hits] == [ferry]
    assert index.get(ferry.id) == ferry
    assert index.count() == 1


def test_a_replay_is_applied_again_and_doubles_nothing(index):
    ferry = doc("Ferry", text="noon")
    (first,), (again,) = index.apply([ferry]), index.apply([ferry])
    assert [(first.verdict, first.new), (again.verdict, again.new)] == [(APPLIED, True), (APPLIED, False)]
    assert index.count() == ask(index, "noon").total == 1


def test_an_edit_replaces_what_was_there(index):
    verdicts(index, doc("Ferry", text="leaves at noon"))
    assert verdicts(index, doc("Ferry", 2, text="leaves at midnight")) == [APPLIED]
    assert found(index, "noon") == set()
    assert found(index, "midnight") == {"Ferry"}
    assert index.count() == 1


def test_an_older_revision_is_stale_and_changes_nothing(index):
    verdicts(index, doc("Ferry", 2, text="midnight"))
    assert verdicts(index, doc("Ferry", 1, text="noon")) == [STALE]
    assert found(index, "midnight") == {"Ferry"}
    assert index.get(doc("Ferry").id).revision == 2


def test_within_one_batch_the_newest_revision_stands(index):
    one, two, three = (doc("Ferry", revision, text=f"word{revision}") for revision in (1, 2, 3))
    assert verdicts(index, one, three, two, doc("Tram"))[1:] == [APPLIED, STALE, APPLIED]
    assert found(index, "word3") == {"Ferry"}
    assert index.count() == 2


def test_a_withdrawn_article_is_kept_and_never_found(index):
    gone = doc("Ferry", 2, title="", withdrawn=True)
    verdicts(index, doc("Ferry", text="noon"), doc("Tram", text="noon"))
    assert verdicts(index, gone) == [APPLIED]
    results = ask(index, "noon", facets=("source",))
    assert (results.total, titles(results), results.facets["source"]) == (1, ["Tram"], (Bucket("harbour", 1),))
    assert found(index) == found(index, "-nothing") == {"Tram"}
    assert index.count() == 1
    assert index.get(gone.id) == gone


def test_a_late_replay_does_not_bring_a_withdrawn_article_back(index):
    verdicts(index, doc("Ferry", 2, withdrawn=True))
    assert verdicts(index, doc("Ferry", 1, text="noon")) == [STALE]
    assert index.count() == 0


def test_a_withdrawn_article_that_appears_again_is_found_again(index):
    verdicts(index, doc("Ferry", 2, withdrawn=True), doc("Ferry", 3, text="noon"))
    assert found(index, "noon") == {"Ferry"}


def test_an_article_fetched_again_in_a_later_month_keeps_one_copy(index):
    verdicts(index, doc("Ferry", 1, text="noon"))
    december = NOON + timedelta(days=30)  # the store forgot that it had seen the article
    assert verdicts(index, doc("Ferry", 2, text="noon", first_seen_at=december)) == [APPLIED]
    assert index.count() == ask(index, "noon").total == 1
    assert verdicts(index, doc("Ferry", 1, text="noon")) == [STALE]
    assert index.count() == 1


def test_a_document_that_cannot_be_indexed_is_rejected_and_its_neighbours_are_not(index):
    broken = doc("Ferry", text="half a pair \ud800")
    assert verdicts(index, doc("Tram"), broken, doc("Train")) == [APPLIED, REJECT, APPLIED]
    assert found(index) == {"Tram", "Train"}


def test_what_was_applied_is_there_after_opening_again(open_index):
    first = open_index()
    verdicts(first, doc("Ferry", 2, text="noon"), doc("Tram", 5, withdrawn=True))
    first.close()
    again = open_index()
    assert found(again, "noon") == {"Ferry"}
    assert verdicts(again, doc("Ferry", 1), doc("Tram", 4)) == [STALE, STALE]
    again.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), min_size=1, max_size=6), max_size=6))
def test_any_order_and_repetition_of_revisions_leaves_the_newest(index, batches):
    run = digest(repr(batches).encode())  # its own articles in the one index
    for batch in batches:
        index.apply(
            [
                doc(f"{run} {name}", revision, text=f"word{revision}", withdrawn=revision == 4)
                for name, revision in batch
            ]
        )
    newest: dict[str, int] = {}
    for name, revision in (pair for batch in batches for pair in batch):
        newest[name] = max(revision, newest.get(name, 0))
    for name, revision in newest.items():
        assert index.get(digest(f"{run} {name}".encode())).revision == revision
    live = {f"{run} {name}" for name, revision in newest.items() if revision != 4}
    assert found(index, run, size=100) == live


# -- finding ----------------------------------------------------------------------------------------------------------

LIBRARY = {
    "ferry": {"text": "The ferry to Oslo leaves at noon.", "lang": "en"},
    "elections": {"text": "Ministers were running for office again.", "lang": "en"},
    "cafe": {"text": "Le café ouvre à midi, l’hôtel aussi.", "lang": "fr"},
    "wahl": {"text": "Die Wahlen in den großen Straßen der Städte.", "lang": "de"},
    "vybory": {"text": "Ещё одни выборы прошли в Йошкар-Оле.", "lang": "ru"},
    "beijing": {"text": "北。京。北京大学生前来应聘，软件有安全更新。", "lang": "zh-Hans"},
    "tokyo": {"text": "東京都は新しいセキュリティ対策を発表した。", "lang": "ja"},
    "seoul": {"text": "서울에서 열린 회의는 끝났다.", "lang": "ko"},
    "bangkok": {"text": "รัฐบาลไทยประกาศมาตรการใหม่", "lang": "th"},
    "cairo": {"text": "أعلنت الحكومةُ عن خُطّة جديدة للتعليم", "lang": "ar"},
    "tehran": {"text": "وزیر گفت که این طرح اجرا می‌شود و کتاب‌ها چاپ می‌شوند. سال ۱۴۰۳", "lang": "fa"},
    "delhi": {"text": "निर्वाचन आयोग ने मतदान की तारीखों की घोषणा की।", "lang": "hi"},
    "virus": {"text": "COVID-19 cases in the U.S. don't fall, says an email.", "lang": "en"},
}


@pytest.fixture(scope="module", params=ENGINES)
def library(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """One index for all tests that only read."""
    opened: SearchIndex = request.param(request)()
    assert set(verdicts(opened, *(doc(name, **fields) for name, fields in LIBRARY.items()))) == {APPLIED}
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ferry", {"ferry"}),
        ("FERRY", {"ferry"}),
        ("ferry noon", {"ferry"}),
        ("ferry midnight", set()),
        ("ferry OR café", {"ferry", "cafe"}),
        ("(ferry OR café) oslo", {"ferry"}),
        ('"leaves at noon"', {"ferry"}),
        ('"noon at leaves"', set()),
        ("leaves-at-noon", {"ferry"}),
        # exclusions
        ("noon -oslo", set()),
        ("lang:en -noon", {"elections", "virus"}),
        ("lang:en -(noon OR office)", {"virus"}),
        ('lang:en -"at noon" -covid', {"elections"}),
        # one field
        ("title:ferry", {"ferry"}),
        ("text:ferry title:tokyo", set()),
        ("title:oslo", set()),
        ("text:elections", set()),
        # other forms of a word, in the language of the document; quoted: that form only
        ("minister run", {"elections"}),
        ('"minister"', set()),
        ("Wahl", {"wahl"}),
        # accents and case need not be typed
        ("cafe", {"cafe"}),
        ("hotel", {"cafe"}),
        ("STRASSEN", {"wahl"}),
        ("еще", {"vybory"}),
        ("йошкар-ола", set()),
        ("йошкар", {"vybory"}),
        # scripts without spaces: any part of a run
        ("北京", {"beijing"}),
        ("北京大学", {"beijing"}),
        ("安全更新", {"beijing"}),
        ("安全 北京", {"beijing"}),
        ('"北京 大学"', {"beijing"}),
        ("安", {"beijing"}),
        ('"北 京 大 学"', {"beijing"}),
        ('"招 聘"', set()),
        ('"' + "软 件 " * 200 + '"', set()),
        (" OR ".join(f"word{n}" for n in range(99)) + " OR ferry", {"ferry"}),
        ("大京", set()),
        ("京", {"beijing", "tokyo"}),
        ("東京", {"tokyo"}),
        ("セキュリティ", {"tokyo"}),
        ("서울", {"seoul"}),
        ("ไทย", {"bangkok"}),
        ("มาตรการ", {"bangkok"}),
        # Arabic and Persian: vowel signs, letter variants, joined and parted forms, digits
        ("الحكومة", {"cairo"}),
        ("الحكومه", {"cairo"}),
        ("اعلنت", {"cairo"}),
        ("خطة", {"cairo"}),
        ("می‌شود", {"tehran"}),
        ("ميشود", {"tehran"}),
        ("کتابها", {"tehran"}),
        ("كتاب", {"tehran"}),
        ("1403", {"tehran"}),
        ("मतदान", {"delhi"}),
        ("निर्वाचन आयोग", {"delhi"}),
        # joined words
        ("covid19", {"virus"}),
        ("covid-19-cases", {"virus"}),
        ("covid-19/ferry", set()),
        ("covid-19", {"virus"}),
        ("US", {"virus"}),
        ("dont", {"virus"}),
        ("e-mail", {"virus"}),
        ("don’t", {"virus"}),
    ],
)
def test_words_find_the_articles_that_hold_them(library, text, names):
    results = ask(library, text, size=50)
    assert set(titles(results)) == names
    assert results.total == len(names)


def test_a_query_of_exclusions_only(library):
    assert found(library, "-ferry", size=50) == set(LIBRARY) - {"ferry"}
    assert found(library, "-ferry -lang:zh -北京", size=50) == set(LIBRARY) - {"ferry", "beijing"}


def test_a_word_without_letters_finds_nothing(library):
    assert library.search(Query(root=Word("…"))).total == 0
    assert library.search(Query(root=Phrase(""))).total == 0
    assert library.search(Query(root=Not(Word("…")))).total == len(LIBRARY)


def test_a_word_in_the_title_ranks_before_one_in_the_text(index):
    verdicts(
        index, doc("Bridges", text="about the harbour ferry and more"), doc("Ferry", text="about the bridges and more")
    )
    assert titles(ask(index, "ferry")) == ["Ferry", "Bridges"]
    assert titles(ask(index, "bridges")) == ["Bridges", "Ferry"]


FIELDS = doc(
    "Summit",
    lang="pt-BR",
    country="BR",
    site="Folha da Manhã",
    authors=("Ana Souza", "Zoë O’Hara"),
    entities=("United Nations", "Brasília"),
    keyphrases=("climate summit",),
    topics=("politics",),
    agency="Reuters",
)


@pytest.fixture(scope="module", params=ENGINES)
def summit(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """An index of FIELDS alone."""
    opened: SearchIndex = request.param(request)()
    assert verdicts(opened, FIELDS) == [APPLIED]
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("lang:pt-BR", True),
        ("lang:pt", True),
        ("lang:PT", True),
        ("lang:p", False),
        ("source:harbour", True),
        ('source:"Harbour Herald"', True),
        ("source:herald", False),
        ("country:br", True),
        ('site:"folha da manha"', True),
        ("site:example.org", True),
        ('author:"zoe o\'hara"', True),
        ('entity:"united  nations"', True),
        ("entity:united", False),
        ("entity:brasilia", True),
        ('keyphrase:"climate summit"', True),
        ("topic:politics", True),
        ("topic:sport", False),
        ("agency:REUTERS", True),
        ("url:https://example.org/Summit", True),
        ("http://example.org/Summit/", True),
        ("-topic:sport entity:brasilia", True),
        ("-topic:politics", False),
        ("topic:sport OR country:br", True),
    ],
)
def test_keyword_fields_match_whole_values_in_any_case(summit, text, matches):
    assert ask(summit, text).total == int(matches)


def test_a_date_range_begins_with_since_and_ends_before_until(index):
    days = {str(day): NOON + timedelta(days=day) for day in range(5)}
    verdicts(index, *(doc(name, time=time) for name, time in days.items()))
    assert found(index, since=days["3"]) == {"3", "4"}
    assert found(index, until=days["3"]) == {"0", "1", "2"}
    assert found(index, since=days["1"], until=days["3"]) == {"1", "2"}
    assert found(index, since=days["4"] + timedelta(microseconds=1)) == set()
    assert found(index, "-2", since=days["1"], until=days["4"]) == {"1", "3"}


def test_facets_count_everything_found_not_only_the_page(index):
    verdicts(
        index,
        *(doc(f"ferry {n}", lang="en" if n % 3 else "fr", entities=("Oslo", f"Pier {n}", "Oslo")) for n in range(30)),
        doc("tram", lang="de"),
    )
    results = ask(index, "ferry", size=5, facets=("lang", "entity", "country"), facet_size=3)
    assert results.total == 30
    assert results.facets == {
        "lang": (Bucket("en", 20), Bucket("fr", 10)),
        "entity": (Bucket("Oslo", 30), Bucket("Pier 0", 1), Bucket("Pier 1", 1)),
        "country": (),
    }
    assert ask(index, "ferry", size=5, cursor=results.cursor, facets=("lang",)).facets["lang"] == results.facets["lang"]


# -- paging -----------------------------------------------------------------------------------------------------------


def pages(index: SearchIndex, text: str, between: Callable[[], object] = lambda: None, **rest: object) -> list[str]:
    """All titles of a search, page by page; `between` runs before each next page."""
    shown: list[str] = []
    cursor = ""
    while True:
        results = ask(index, text, cursor=cursor, **rest)
        shown += titles(results)
        cursor = results.cursor
        if not cursor:
            return shown
        between()


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_time_order_pages_through_everything_once_even_where_times_are_equal(index, sort):
    names = [f"ferry {n:02}" for n in range(23)]
    verdicts(index, *(doc(name, time=NOON + timedelta(days=n // 10)) for n, name in enumerate(names)))
    shown = pages(index, "ferry", sort=sort, size=5)
    assert sorted(shown) == names
    days = [int(name[-2:]) // 10 for name in shown]
    assert days == sorted(days, reverse=sort == "newest")


@pytest.mark.parametrize(("sort", "text"), [("newest", "ferry"), ("newest", ""), ("relevance", "lang:en")])
def test_newest_first_neither_skips_nor_repeats_while_articles_arrive(index, sort, text):
    there = [f"ferry {n:02}" for n in range(17)]
    verdicts(index, *(doc(name, time=NOON + timedelta(minutes=n // 4)) for n, name in enumerate(there)))
    arriving = iter(range(100))

    def arrive() -> None:
        n = next(arriving)
        late = doc(f"ferry late {n}", time=NOON + timedelta(hours=n))
        verdicts(index, late, doc(there[n], 2, time=NOON + timedelta(minutes=n // 4)))  # new ones and edits

    shown = pages(index, text, arrive, sort=sort, size=3)
    assert [name for name in shown if name in there] == [*dict.fromkeys(name for name in shown if name in there)]
    assert set(there) <= set(shown)


def test_relevance_pages_show_everything_once(index):
    verdicts(index, *(doc(f"ferry {n}", text="ferry " * n + "tram " * (40 - n)) for n in range(1, 31)))
    in_one = titles(ask(index, "ferry", size=50))
    assert pages(index, "ferry", size=7) == in_one
    assert len(set(in_one)) == 30


def test_relevance_pages_do_not_repeat_when_better_hits_arrive(index):
    verdicts(index, *(doc(f"tram {n}", text="ferry " + "tram " * n) for n in range(1, 13)))
    arriving = iter(range(100))
    shown = pages(index, "ferry", lambda: verdicts(index, doc(f"ferry {next(arriving)}", text="ferry")), size=4)
    assert shown == [f"tram {n}" for n in range(1, 13)]


def test_the_last_page_has_no_cursor(library):
    assert ask(library, size=len(LIBRARY)).cursor == ""
    assert ask(library, size=len(LIBRARY) - 1).cursor != ""
    assert ask(library, "nothing").cursor == ""


@pytest.mark.parametrize("cursor", ["x", "!", "é", "bm9wZQ", "W10", "AAAA" * 500, "WyIiLDFd", " "])
@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_a_cursor_that_is_none_of_ours_is_refused(library, cursor, sort):
    with pytest.raises(BadCursor):
        ask(library, "ferry", sort=sort, cursor=cursor)


def test_a_cursor_of_another_search_is_refused(library):
    cursor = ask(library, "lang:en", size=1).cursor
    assert cursor
    for other in ({"text": "lang:de"}, {"text": "lang:en", "sort": "oldest"}, {"text": "lang:en", "since": NOON}):
        with pytest.raises(BadCursor):
            ask(library, cursor=cursor, **other)
    assert ask(library, "lang:en", size=5, cursor=cursor).hits  # the page may change its size


@given(cursor=st.text(alphabet=string.ascii_letters + string.digits + "-_=", min_size=1))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cursor_breaks_the_search(index, cursor):
    with pytest.raises(BadCursor):
        ask(index, "ferry", cursor=cursor)


# -- showing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "marks"),
    [
        ("ferry", "FERRY noon", ["ferry", "noon"]),
        ("ferry", '"leaves at" -tram', ["leaves at"]),
        ("elections", "run minister", ["Ministers", "running"]),
        ("elections", '"running"', ["running"]),
        ("cafe", "cafe hotel", ["café", "hôtel"]),
        ("wahl", "strassen", ["Straßen"]),
        ("beijing", "北京", ["北京"]),
        ("beijing", "大学 安全更新", ["大学", "安全更新"]),
        ("beijing", "安", ["安"]),
        ("seoul", "서울", ["서울"]),
        ("cairo", "الحكومه", ["الحكومةُ"]),
        ("cairo", "خطة", ["خُطّة"]),
        ("tehran", "ميشود", ["می‌شود"]),
        ("tehran", "كتاب", ["کتاب"]),
        ("virus", "covid19 US", ["COVID-19", "U.S"]),
        ("delhi", "मतदान", ["मतदान"]),
        ("virus", "e-mail", ["email"]),
        ("ferry", "lang:en", []),
    ],
)
def test_what_matched_is_marked_in_the_original_text(library, name, text, marks):
    (snippet,) = [hit.snippet for hit in ask(library, text, size=50).hits if hit.document.title == name]
    assert [snippet.text[start:end] for start, end in snippet.marks] == marks


def test_the_title_is_marked_and_a_field_marks_only_itself(index):
    verdicts(index, doc("The ferry", text="A ferry."))
    (both,), (one,) = ask(index, "ferry").hits, ask(index, "title:ferry").hits
    assert [both.title.marks, both.snippet.marks] == [((4, 9),), ((2, 7),)]
    assert [one.title.marks, one.snippet.marks] == [((4, 9),), ()]


def test_the_snippet_shows_where_most_words_stand_together(index):
    padding = "Nothing happens in this long sentence here. " * 20
    verdicts(index, doc("Tram", text=f"{padding}A ferry. {padding}A ferry\n\nto Oslo at noon. {padding}"))
    (hit,) = ask(index, "ferry oslo noon").hits
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.marks] == ["ferry", "Oslo", "noon"]
    assert hit.snippet.text.startswith("… ")
    assert hit.snippet.text.endswith(" …")
    assert "\n" not in hit.snippet.text
    assert len(hit.snippet.text) < 300


# -- scanning ---------------------------------------------------------------------------------------------------------


def scanned(index: SearchIndex, text: str = "", **rest: object) -> list[str]:
    return [document.title for document in index.scan(Query(root=parse(text), **rest))]  # type: ignore[arg-type]


def test_a_scan_gives_all_that_a_search_finds_by_time(index):
    names = [f"ferry {n:03}" for n in range(250)]
    verdicts(
        index,
        *(doc(name, time=NOON + timedelta(days=n // 20)) for n, name in enumerate(names)),
        doc("gone", withdrawn=True),
        doc("tram", lang="de"),
    )
    shown = scanned(index, "ferry", size=1, sort="newest")
    assert sorted(shown) == names
    days = [int(name[-3:]) // 20 for name in shown]
    assert days == sorted(days)
    assert shown == pages(index, "ferry", sort="oldest", size=100)
    assert scanned(index, "lang:de") == ["tram"]
    assert scanned(index, since=NOON + timedelta(days=12)) == pages(
        index, "", sort="oldest", since=NOON + timedelta(days=12)
    )
    assert scanned(index, "nothing") == []


def test_a_scan_of_an_empty_index_gives_nothing(index):
    assert scanned(index) == []


def test_a_scan_shows_one_moment_whatever_is_written_meanwhile(index):
    names = [f"ferry {n:03}" for n in range(250)]
    verdicts(index, *(doc(name, time=NOON + timedelta(minutes=n)) for n, name in enumerate(names)))
    scan = index.scan(Query())
    shown = [next(scan).title]
    verdicts(
        index,
        doc(
            names[-1], 2, title="edited", time=NOON - timedelta(days=1)
        ),  # behind where the scan stands: it would miss it
        doc(names[0], 2, title="edited", time=NOON + timedelta(days=1)),  # before it: it would give it twice
        doc(names[-2], 2, withdrawn=True),
        doc("new", time=NOON + timedelta(days=2)),
    )
    assert shown + [document.title for document in scan] == names
    assert len(scanned(index)) == len(names)  # one came, one went


def test_a_scan_that_is_not_read_to_its_end_can_be_left(index):
    verdicts(index, *(doc(f"ferry {n}") for n in range(10)))
    scan = index.scan(Query())
    next(scan)
    scan.close()
    assert len(scanned(index)) == 10
