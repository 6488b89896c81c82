"""Bytes to text: the declared charset, declarations that contradict each other, and none at all."""

import codecs
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.charset import to_text
from services.fetcher.charset_labels import CODECS, LABELS, canonical
from services.fetcher.decode import Undecodable
from shared.outcomes import Refusal

RUSSIAN = "Городской совет утвердил бюджет на следующий год. Расходы на школы вырастут на десять процентов. "
SPANISH = "El ayuntamiento aprobó el presupuesto del próximo año: más dinero para las escuelas y los niños pequeños. "
POLISH = "Rada miasta przyjęła budżet na przyszły rok. Więcej pieniędzy dostaną szkoły, żłobki i świetlice. "
HUNGARIAN = "A városi tanács elfogadta a jövő évi költségvetést, az iskolák tíz százalékkal több pénzt kapnak belőle. "
GREEK = "Το δημοτικό συμβούλιο ενέκρινε τον προϋπολογισμό του επόμενου έτους με περισσότερα χρήματα για σχολεία. "
ARABIC = "أقر مجلس المدينة ميزانية العام المقبل، وسترتفع نفقات المدارس بنسبة عشرة في المئة. "
JAPANESE = "市議会は来年度の予算案を可決した。学校への支出は一割増える見込みだと市長は述べた。"
CHINESE = "市议会周二通过了明年的预算案,学校的经费将增加百分之十,市长在会后对记者说。"
KOREAN = "시의회는 화요일에 내년도 예산안을 통과시켰다. 학교 지출은 십 퍼센트 늘어날 것이라고 시장이 말했다. "


def page(text: str, meta: str = "") -> str:
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<!doctype html><html><head>{head}<title>News</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("label", "codec", "name", "text"),
    [
        ("utf-8", "utf-8", "utf-8", RUSSIAN),
        ("UTF8", "utf-8", "utf-8", CHINESE),
        ("iso-8859-1", "cp1252", "windows-1252", "“smart quotes” – and a euro: 5 €"),
        ("us-ascii", "cp1252", "windows-1252", "café"),
        ("ISO-8859-9", "cp1254", "windows-1254", "İstanbul’da ağaç"),
        ("gb2312", "gb18030", "gb18030", CHINESE + "镕㐀"),
        (" 'GBK' ", "gb18030", "gb18030", CHINESE),
        ("big5", "big5hkscs", "big5", "市議會週二通過了明年的預算案"),
        ("shift_jis", "cp932", "shift_jis", JAPANESE + "①髙"),
        ("iso-2022-jp", "iso2022_jp", "iso-2022-jp", JAPANESE),
        ("euc-kr", "cp949", "euc-kr", KOREAN + "뷁"),
        ("ks_c_5601-1987", "cp949", "euc-kr", KOREAN),
        ("windows-874", "cp874", "windows-874", "สภาเมืองอนุมัติงบประมาณ"),
        ("tis-620", "cp874", "windows-874", "สภาเมือง"),
        ("koi8-r", "koi8-r", "koi8-r", RUSSIAN),
        ("utf-16", "utf-16-le", "utf-16le", RUSSIAN),
        ("iso-8859-8-i", "iso8859-8", "iso-8859-8-i", "מועצת העיר"),
        ("x-mac-cyrillic", "mac-cyrillic", "x-mac-cyrillic", "Совет"),
    ],
)
def test_labels_mean_what_the_encoding_standard_says(label, codec, name, text):
    assert to_text(text.encode(codec), label) == (text, name)


def test_every_label_leads_to_a_codec_and_names_itself():
    for label, name in LABELS.items():
        codecs.lookup(CODECS[name])
        assert canonical(label.upper()) == name
        assert canonical(name) == name


@pytest.mark.parametrize("label", ["unicode_escape", "rot13", "zlib", "idna", "punycode", "mbcs", "utf-32", "no-such"])
def test_only_the_charsets_of_the_standard_are_known(label):
    assert canonical(label) is None


@pytest.mark.parametrize("bom", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_beats_every_label(bom):
    text, name = to_text(page(RUSSIAN, "windows-1251").encode(bom), "iso-8859-1")
    assert text == page(RUSSIAN, "windows-1251")
    assert name.startswith(bom.removesuffix("-sig"))


@pytest.mark.parametrize(
    "body",
    [
        page(RUSSIAN, "windows-1251"),
        f'<html><head><META content="text/html; charset=windows-1251" http-equiv=Content-Type></head>{RUSSIAN}',
        f"<meta name=a content=b><meta charset=windows-1251/><p>{RUSSIAN}",
        f'<!-- <meta charset="utf-8"> --><meta charset="windows-1251"><p>{RUSSIAN}',
        f'<?xml version="1.0" encoding="Windows-1251"?><rss><title>{RUSSIAN}</title></rss>',
    ],
)
def test_what_the_page_itself_declares(body):
    assert to_text(body.encode("cp1251")) == (body, "windows-1251")


@pytest.mark.parametrize(
    ("codec", "header", "meta", "name"),
    [
        ("utf-8", "iso-8859-1", "utf-8", "utf-8"),  # a server's default over a page that knows better
        ("cp1251", "utf-8", "windows-1251", "windows-1251"),
        ("cp1251", "windows-1251", "utf-8", "windows-1251"),
        ("utf-8", "utf-8", "windows-1251", "utf-8"),
        ("utf-8", "no-such", "utf-8", "utf-8"),
        ("utf-8", "no-such", "", "utf-8"),
        ("utf-8", "", "no-such", "utf-8"),
        ("utf-8", "", "utf-16", "utf-8"),
        ("cp1251", "no-such", "windows-1251", "windows-1251"),
    ],
)
def test_declarations_that_contradict_are_settled_by_the_bytes(codec, header, meta, name):
    body = page(RUSSIAN, meta)
    assert to_text(body.encode(codec), header) == (body, name)


def test_one_broken_byte_does_not_change_the_charset():
    body = page(RUSSIAN * 20, "iso-8859-1").encode() + b"\xd0 end"
    text, name = to_text(body, "utf-8")
    assert name == "utf-8"
    assert RUSSIAN in text
    assert text.count("\ufffd") == 1


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("utf-8", RUSSIAN),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp1252", SPANISH),
        ("cp1250", POLISH),
        ("iso8859-2", POLISH),
        ("cp1250", HUNGARIAN),
        ("cp1253", GREEK),
        ("cp1256", ARABIC),
        ("cp932", JAPANESE),
        ("iso2022_jp", JAPANESE),
        ("euc_jp", JAPANESE),
        ("gb18030", CHINESE),
        ("cp949", KOREAN),
    ],
)
def test_undeclared_text_is_recognised(codec, text):
    body = page(text * 3)
    assert to_text(body.encode(codec))[0] == body


@pytest.mark.parametrize(
    ("body", "declared", "detail"),
    [
        (b"+ADw-script+AD4-", "utf-7", "refused"),
        (b'<meta charset="UTF-7">+ADw-script+AD4-', "", "refused"),
        (b'<meta charset="utf-8">+ADw-script+AD4-', "Unicode-1-1-UTF-7", "refused"),
        (b"~{VPND~}", "hz-gb-2312", "refused"),
        ("Новости".encode("cp1251"), "no-such", "unknown"),
        ("Новости".encode("cp1251"), "unicode_escape", "unknown"),
        (bytes(range(128, 256)) * 9, "utf-8", "5%"),
    ],
)
def test_what_cannot_be_text_is_refused(body, declared, detail):
    with pytest.raises(Undecodable, match=detail) as refused:
        to_text(body, declared)
    assert refused.value.refusal is Refusal.CHARSET


@pytest.mark.parametrize(
    ("place", "declared"),  # a header that says UTF-16 is believed: nearly all bytes can be read as that
    [*((place, name) for place in ("header", "meta") for name in ("utf-8", "windows-1252")), ("meta", "utf-16")],
)
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("gb18030", CHINESE),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("cp949", KOREAN),
        ("cp1253", GREEK),
        ("utf-8", RUSSIAN),
        ("utf-8", CHINESE),
        ("utf-8", SPANISH),
        ("utf-16-le", RUSSIAN),
        ("utf-16-be", SPANISH),
        ("utf-16-le", JAPANESE),
    ],
)
def test_a_declaration_that_the_bytes_give_the_lie_to_is_passed_over(codec, text, place, declared):
    body = page(text * 4, declared if place == "meta" else "")
    assert to_text(body.encode(codec), declared if place == "header" else "")[0] == body


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        ("cp1252", "windows-1252", SPANISH),
        (
            "cp1252",
            "iso-8859-1",
            "Größere Öfen — “Äußerst süß”, sagt Ægir Åäö über Íslands þjóð… und © 2026 • • •••••• …………",
        ),
        ("cp1250", "windows-1250", POLISH),
        (
            "cp1250",
            "windows-1250",
            "Příští zasedání přišlo příliš pozdě, řekl třiašedesátiletý předseda. Žluťoučký kůň úpěl.",
        ),
        ("cp1250", "windows-1250", HUNGARIAN),
        ("cp1254", "windows-1254", "Büyükşehir belediyesi güçlü, öğütücü çözümleri görüştü; İstanbul’da ağaç."),
        (
            "cp1257",
            "windows-1257",
            "Šiaulių miesto taryba patvirtino ateinančių metų biudžetą, daugiau lėšų skirta mokykloms.",
        ),
        ("cp1251", "windows-1251", RUSSIAN),
        ("cp932", "shift_jis", JAPANESE),
    ],
)
def test_a_true_declaration_is_believed(codec, label, text):
    body = page(text * 3)
    assert to_text(body.encode(codec), label) == (body, canonical(label))


def test_nothing_declared_and_nothing_recognised():
    with pytest.raises(Undecodable, match="none recognised"):
        to_text(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def test_empty_bodies_are_text():
    assert to_text(b"") == ("", "utf-8")
    assert to_text(b"", "windows-1251") == ("", "windows-1251")


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "gb2312", "iso-2022-jp", "utf-16", "no-such"]))
def test_any_bytes_give_text_or_a_reason(body, declared):
    with contextlib.suppress(Undecodable):
        text, name = to_text(body, declared)
        text.encode()  # no lone surrogates: what comes out can be stored and sent
        assert to_text(body, declared) == (text, name)


@pytest.mark.parametrize("start", ["<meta ", "<!--", "<", "&a", "<a ", "<?xml ", "<meta charset"])
def test_hostile_pages_cost_little(start):
    body = start.encode() * (4_000_000 // len(start)) + b"\xff\xc3("
    before = time.process_time()
    for declared in ("", "utf-8"):
        with contextlib.suppress(Undecodable):
            to_text(body, declared)
    assert time.process_time() - before < 2
