import pytest

from services.enricher.enrich import load_tables
from services.enricher.entities import mentions
from services.enricher.linking import Context, link
from services.enricher.settings import EnricherSettings

TABLES = load_tables(EnricherSettings())


def named(text, lang):
    found = mentions(text, [(0, len(text))], lang, TABLES.gazetteer, TABLES.lexicon, TABLES.model, TABLES.scanner)
    for mention in found:
        assert text[mention.start : mention.end] == mention.text
    return {(mention.text, mention.kind) for mention in found}


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        (
            "en",
            "Mayor Jane Roe met officials of the Kiel Harbour Authority in Oslo.",
            "Jane Roe/p Kiel Harbour Authority/o Oslo/l",
        ),
        ("de", "Am Montag traf Anna Weber in Paris die CDU.", "Anna Weber/p Paris/l CDU/o"),
        (
            "fr",
            "La ministre Rachida Morel et le maire sont à Lyon, puis en Allemagne.",
            "Rachida Morel/p Lyon/l Allemagne/l",
        ),
        (
            "es",
            "El presidente Pedro Ruiz viajó a Bogotá con el Ministerio de Sanidad.",
            "Pedro Ruiz/p Bogotá/l Ministerio de Sanidad/o",
        ),
        ("pt", "O presidente Luiz Costa da Silva esteve em Brasília.", "Luiz Costa da Silva/p Brasília/l"),
        ("it", "Il sindaco Marco Rossi è arrivato a Milano.", "Marco Rossi/p Milano/l"),
        ("pl", "Rozmowy w Warszawie i Niemczech prowadzi Donald Nowak.", "Warszawie/l Niemczech/l Donald Nowak/p"),
        ("ru", "Президент России Владимир Орлов был в Москве.", "Владимир Орлов/p России/l Москве/l"),
        ("uk", "Президент України Володимир Орленко поїхав до Польщі.", "Володимир Орленко/p України/l Польщі/l"),
        (
            "fi",
            "Suomessa ja Ruotsin hallituksessa Alexander Virtanen puhui.",
            "Suomessa/l Ruotsin/l Alexander Virtanen/p",
        ),
        ("tr", "Görüşme Ankara'da yapıldı, Türkiye sevindi.", "Ankara/l Türkiye/l"),
        ("ar", "أعلنت الأمم المتحدة ذلك في القاهرة والسودان.", "الأمم المتحدة/o القاهرة/l السودان/l"),
        ("fa", "وزیر در تهران از سازمان ملل گفت.", "تهران/l سازمان ملل/o"),
        ("hi", "प्रधानमंत्री ने दिल्ली में संयुक्त राष्ट्र से बात की।", "दिल्ली/l संयुक्त राष्ट्र/o"),
        ("zh", "联合国官员在北京会见俄罗斯外长。", "联合国/o 北京/l 俄罗斯/l"),
        ("ja", "国連は北朝鮮を非難し、ワシントンで会談した。", "国連/o 北朝鮮/l ワシントン/l"),
        ("ko", "유엔은 서울에서 북한을 비난했다.", "유엔/o 서울/l 북한/l"),
    ],
)
def test_names_are_found_in_the_language(lang, text, expected):
    kinds = {"p": "person", "o": "organisation", "l": "place"}
    wanted = set()
    rest = expected
    while rest:
        name, _, rest = rest.partition("/")
        wanted.add((name, kinds[rest[0]]))
        rest = rest[2:]
    assert wanted <= named(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "On Monday the Russian and Chinese ministers spoke English."),
        ("de", "Die Redaktion fragt ihre Leser: Was denken Sie über das Wetter?"),
        ("de", "Dort steht ein Haus am Berg, und die Straße ist lang."),
        ("es", "Los vecinos hablaron durante horas."),
        ("ja", "今日は天気がいい。"),
        ("ar", "قال الرجل إن الطقس جميل."),
    ],
)
def test_what_is_no_name_yields_nothing(lang, text):
    assert named(text, lang) == set()


@pytest.mark.parametrize(
    ("name", "lang", "context", "identifier"),
    [
        ("London", "en", Context(), "geonames:2643743"),
        ("London", "en", Context({"CA": 2}, "CA", "CA"), "geonames:6058560"),
        ("Washington", "en", Context(), "geonames:4140963"),
        ("Georgia", "en", Context({"RU": 1}), "iso:GE"),
        ("Georgia", "en", Context({"US": 1}), "geonames:4197000"),
        ("the Netherlands", "en", Context(), "iso:NL"),
        ("DPRK", "en", Context(), "iso:KP"),
        ("Londres", "fr", Context(), "geonames:2643743"),
        ("Москве", "ru", Context(), "geonames:524901"),
        ("Etats-Unis", "fr", Context(), "iso:US"),
        ("東京", "ja", Context(), "geonames:1850147"),
    ],
)
def test_a_place_is_linked_by_what_the_article_says(name, lang, context, identifier):
    linked = link(name, lang, context, TABLES.gazetteer)
    assert linked is not None
    assert linked.place.id == identifier
    assert 0 < linked.confidence < 1


def test_a_place_that_nobody_knows_is_not_linked():
    assert link("Xyzzyville", "en", Context(), TABLES.gazetteer) is None


def test_evidence_makes_a_link_surer():
    alone = link("Springfield", "en", Context(), TABLES.gazetteer)
    backed = link("Paris", "en", Context({"FR": 1}, "FR", "FR"), TABLES.gazetteer)
    assert alone is not None
    assert backed is not None
    assert alone.confidence < backed.confidence
