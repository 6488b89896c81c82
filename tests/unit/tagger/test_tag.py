"""The tagger's verb: the document's language, its status, and its segments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messages import Block, Source

ENGLISH = "The city council voted on Tuesday to close the old bridge while engineers inspect its supports."
GERMAN = "Der Stadtrat beschloss am Dienstag, die alte Brücke zu sperren, solange Fachleute ihre Pfeiler prüfen."
TURKISH = "Bu sitede deneyiminizi geliştirmek ve içerikleri kişiselleştirmek için çerezler kullanılmaktadır."
FRENCH = "« Nous ne laisserons pas ce pont tomber, les habitants de la rive en ont besoin chaque jour »"


@pytest.mark.parametrize(
    ("text", "lang", "script"),
    [
        (ENGLISH, "en", "Latn"),
        (GERMAN, "de", "Latn"),
        ("市议会星期二决定关闭旧桥，工程师将检查桥墩。", "zh-Hans", "Hani"),
        ("市議會星期二決定關閉舊橋，工程師將檢查橋墩。", "zh-Hant", "Hani"),
        ("市議会は火曜日、技術者が橋脚を調べる間、古い橋を閉鎖することを決めた。", "ja", "Jpan"),
        ("시의회는 화요일 기술자들이 교각을 점검하는 동안 낡은 다리를 폐쇄하기로 했다.", "ko", "Kore"),
        ("Городской совет во вторник решил закрыть старый мост на время проверки опор.", "ru", "Cyrl"),
        (
            "Градско веће је у уторак одлучило да затвори стари мост док стручњаци проверавају стубове.",
            "sr-Cyrl",
            "Cyrl",
        ),
        (
            "Gradsko veće je u utorak odlučilo da zatvori stari most dok stručnjaci proveravaju stubove.",
            "sr-Latn",
            "Latn",
        ),
        ("Kommunestyret vedtok tirsdag å stenge den gamle brua mens ingeniører undersøker pilarene.", "nb", "Latn"),
        ("Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει την παλιά γέφυρα.", "el", "Grek"),
        ("قرر مجلس المدينة يوم الثلاثاء إغلاق الجسر القديم ريثما يفحص المهندسون دعائمه.", "ar", "Arab"),
    ],
)
def test_a_sentence_is_tagged_canonically(tagged, text, lang, script):
    article = tagged(text)
    assert (article.lang, article.script) == (lang, script)
    assert article.lang_status in ("ok", "low")
    assert [(s.start, s.end, s.lang, s.foreign) for s in article.segments] == [(0, len(text), lang, False)]


@pytest.mark.parametrize(
    ("text", "lang", "status"),
    [
        ("", "und", "und"),
        ("  \n\t\n ", "und", "und"),
        ("1 234 567 - 12:30", "und", "zxx"),
        ("🎉🎉🎉", "und", "zxx"),
        ("!?", "und", "zxx"),
    ],
)
def test_without_letters_there_is_no_language(tagged, text, lang, status):
    article = tagged(text)
    assert (article.lang, article.lang_status, article.lang_confidence) == (lang, status, 0.0)
    assert article.declared_agrees is None


def test_scripts_by_turns_are_mixed(tagged):
    assert tagged("Hello мир 世界 γεια שלום مرحبا ประเทศไทย").lang_status == "mixed"


@pytest.mark.parametrize("text", ["Hello", "Brücke", "мост", "COVID-19", "a"])
def test_one_word_is_a_guess_and_says_so(tagged, text):
    article = tagged(text)
    assert article.lang_status == "low"
    assert article.lang_confidence <= 0.5


def test_one_word_follows_what_was_declared(tagged):
    assert tagged("Bravo", declared_langs={"og": "it_IT"}).lang == "it"


def test_a_megabyte_is_tagged(tagged):
    assert tagged((ENGLISH + "\n\n") * 11_000).lang == "en"


def test_a_megabyte_without_a_break_is_tagged(tagged):
    assert tagged("ab" * 500_000).script == "Latn"


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_gets_an_answer_with_segments_in_order(tagged, text):
    article = tagged(text)
    assert article.lang_status in ("ok", "low", "mixed", "und", "zxx")
    assert (article.lang == "und") == (article.lang_status in ("und", "zxx"))
    ends = [0, *(s.end for s in article.segments)]
    assert all(before <= s.start < s.end <= len(text) for before, s in zip(ends, article.segments, strict=False))


def test_a_consent_notice_under_the_article_is_foreign(tagged):
    article = tagged("\n\n".join([ENGLISH, ENGLISH, TURKISH]))
    assert article.lang == "en"
    (first, second) = article.segments
    assert (first.lang, first.foreign, second.lang, second.foreign) == ("en", False, "tr", True)
    assert article.text[second.start : second.end] == TURKISH


@pytest.mark.parametrize("dateline", ["WASHINGTON (AFP) -", "Washington (Reuters) –", "NEW YORK, États-Unis (AP) —"])
def test_a_dateline_on_a_line_of_its_own_belongs_to_the_article(tagged, dateline):
    told = "Le conseil municipal a voté mardi la fermeture du vieux pont pendant que des ingénieurs l'examinent."
    article = tagged(f"{dateline}\n\n{told}\n\n{told}")
    assert [(s.lang, s.foreign) for s in article.segments] == [("fr", False)]


def test_a_foreign_quotation_is_marked_and_kept(tagged):
    article = tagged("\n\n".join([ENGLISH, FRENCH, ENGLISH]))
    assert [(s.lang, s.foreign) for s in article.segments] == [("en", False), ("fr", False), ("en", False)]


def test_tables_and_captions_are_not_part_of_the_spans(tagged):
    blocks = [
        Block(kind="paragraph", text=ENGLISH),
        Block(kind="caption", text=TURKISH),
        Block(kind="paragraph", text=TURKISH),
    ]
    article = tagged(blocks)
    assert [article.text[s.start : s.end] for s in article.segments] == [ENGLISH, TURKISH]


def test_two_languages_of_like_length_are_mixed(tagged):
    article = tagged("\n\n".join([ENGLISH, GERMAN, ENGLISH, GERMAN]))
    assert article.lang_status == "mixed"
    assert not any(s.foreign for s in article.segments)


def test_an_emptied_document_is_judged_by_its_title(tagged):
    assert tagged("", title=GERMAN).lang == "de"


@pytest.mark.parametrize(
    ("text", "declared", "agrees"),
    [
        (GERMAN, {"html": "de-AT"}, True),
        (GERMAN, {"html": "en"}, False),
        (GERMAN, {"html": "en", "og": "de_DE"}, True),
        (GERMAN, {"html": "lang"}, None),
        (GERMAN, {}, None),
    ],
)
def test_a_declaration_is_compared_not_believed(tagged, text, declared, agrees):
    article = tagged(text, declared_langs=declared)
    assert (article.lang, article.declared_agrees) == ("de", agrees)


def test_the_source_language_counts_as_declared(tagged):
    article = tagged(GERMAN, source=Source(id="test", language="de"))
    assert article.declared_agrees is True


@pytest.mark.parametrize(("title", "lang"), [(GERMAN, "de"), (ENGLISH, ""), ("", ""), ("Hannover", "")])
def test_a_title_in_another_language_is_named(tagged, title, lang):
    assert tagged("\n\n".join([ENGLISH] * 4), title=title).title_lang == lang


def test_a_long_notice_under_a_short_report_is_foreign_although_the_page_is_mixed(tagged):
    article = tagged("\n\n".join([ENGLISH, TURKISH + " " + TURKISH]), title="Council closes the old bridge")
    assert (article.lang, article.lang_status) == ("en", "mixed")
    assert [s.foreign for s in article.segments] == [False, True]
