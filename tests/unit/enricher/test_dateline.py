import pytest

from services.enricher import agencies, dateline, datewords, gazetteer

GAZETTEER = gazetteer.load()
AGENCIES = agencies.load()
MONTHS = datewords.load_months()


def read(text, lang="en", authors=()):
    return dateline.read(text, authors, lang, GAZETTEER, AGENCIES, MONTHS)


@pytest.mark.parametrize(
    ("lang", "opening", "place", "country", "date", "agency"),
    [
        ("en", "SEOUL, South Korea (AP) — The ferry sailed.", "SEOUL", "KR", "", "AP"),
        ("en", "SEOUL,Fizzbrand South Korea (AP) — The ferry sailed.", "SEOUL", "KR", "", "AP"),
        ("en", "BUFFALO, N.Y. — The ferry sailed.", "BUFFALO", "US", "", ""),
        ("en", "ST. JOSEPH, Mich. (AP) — The ferry sailed.", "ST. JOSEPH", "US", "", "AP"),
        ("en", "BEIJING, July 18 (Xinhua) -- The ferry sailed.", "BEIJING", "CN", "July 18", "Xinhua"),
        ("en", "Durban, May 16 2022 (IPS) - The ferry sailed.", "Durban", "ZA", "May 16 2022", "IPS"),
        ("en", "CAIRO – 26 July 2022: The ferry sailed.", "CAIRO", "EG", "26 July 2022", ""),
        ("en", "Mumbai, India – The ferry sailed.", "Mumbai", "IN", "", ""),
        ("en", "Egypt, Cairo, June 2022: The ferry sailed.", "Cairo", "EG", "June 2022", ""),
        ("en", "NEW DELHI: The ferry sailed.", "NEW DELHI", "IN", "", ""),
        (
            "en",
            "LONDON, Nov. 22, 2026 /PRNewswire/ -- The ferry sailed.",
            "LONDON",
            "GB",
            "Nov. 22, 2026",
            "PRNewswire",
        ),
        ("en", "(Reuters) — The ferry sailed.", "", "", "", "Reuters"),
        ("de", "Berlin (dpa) - Die Fähre fuhr ab.", "Berlin", "DE", "", "dpa"),
        ("de", "Riad. Die Fähre fuhr ab.", "Riad", "SA", "", ""),
        ("fr", "Paris, 12 mai 2024 (AFP) - Le bac est parti.", "Paris", "FR", "12 mai 2024", "AFP"),
        ("es", "Madrid, 12 may (EFE).- El barco salió.", "Madrid", "ES", "12 may", "EFE"),
        ("it", "(ANSA) - ROMA, 12 MAG - Il traghetto parte.", "ROMA", "IT", "12 MAG", "ANSA"),
        ("pt", "Lisboa, 12 mai 2024 (Lusa) – O barco saiu.", "Lisboa", "PT", "12 mai 2024", "Lusa"),
        ("pl", "Warszawa (PAP) – Prom odpłynął.", "Warszawa", "PL", "", "PAP"),
        ("cs", "Praha 12. května (ČTK) - Loď odplula.", "Praha", "CZ", "12. května", "ČTK"),
        ("tr", "ANKARA (AA) - Feribot kalktı.", "ANKARA", "TR", "", "AA"),
        ("ru", "МОСКВА, 12 мая. /ТАСС/. Паром вышел.", "МОСКВА", "RU", "12 мая", "ТАСС"),
        ("ru", "МОСКВА, 12 мая - РИА Новости. Паром вышел.", "МОСКВА", "RU", "12 мая", "РИА Новости"),
        ("ar", "بيروت (أ ف ب) - غادرت العبارة.", "بيروت", "LB", "", "أ ف ب"),
        ("fa", "تهران - ایرنا - کشتی رفت.", "تهران", "IR", "", "ایرنا"),
        ("hi", "नई दिल्ली, 12 मई (भाषा) नाव चली।", "नई दिल्ली", "IN", "12 मई", "भाषा"),
        ("id", "Jakarta (ANTARA) - Feri berangkat.", "Jakarta", "ID", "", "ANTARA"),
        ("zh", "新华社北京11月22日电 渡轮开航。", "北京", "CN", "11月22日", "新华社"),
        ("ja", "［東京　２２日　ロイター］ - フェリーが出た。", "東京", "JP", "２２日", "ロイター"),
        ("ko", "(서울=연합뉴스) 배가 떠났다.", "서울", "KR", "", "연합뉴스"),
    ],
)
def test_opening_of_a_wire_report(lang, opening, place, country, date, agency):
    found = read(opening, lang)
    assert found is not None
    assert (found.place, found.country, found.date.rstrip("."), found.agency) == (place, country, date, agency)


@pytest.mark.parametrize(
    ("lang", "opening"),
    [
        ("en", "Center-back Kim Min-jae is back in training."),
        ("en", "Honduras-based airline Sol said its fleet grows."),
        ("en", "The Netherlands – a country of canals – is flat."),
        ("en", "Paris is burning - a film of 1990 - returns."),
        ("en", "Israel: The war that nobody wanted"),
        ("en", "WARNING GRAPHIC DETAIL: The ferry sank."),
        ("en", "Yonhap reported that the ferry sailed."),
        ("de", "Leser fragen. Die Redaktion antwortet."),
        ("de", "In Berlin. Dort fuhr die Fähre ab."),
    ],
)
def test_a_sentence_that_only_begins_like_one_is_no_dateline(lang, opening):
    assert read(opening, lang) is None


@pytest.mark.parametrize(
    ("text", "authors", "agency"),
    [
        ("The ferry sailed.", ("Jane Roe", "dpa"), "dpa"),
        ("The ferry sailed.", ("Le Figaro et AFP",), "AFP"),
        ("The ferry sailed.", ("Deutsche Presse-Agentur",), "Deutsche Presse-Agentur"),
        ("The ferry sailed.\n\n— Reuters", (), "Reuters"),
        ("The ferry sailed. (dpa)", (), "dpa"),
        ("The ferry sailed.\n\nSource: AFP", (), "AFP"),
        ("The ferry sailed.\n\nCopyright 2026 The Associated Press. All rights reserved.", (), "Associated Press"),
    ],
)
def test_agency_in_byline_and_end_credit(text, authors, agency):
    found = read(text, authors=authors)
    assert found is not None
    assert found.agency == agency


def test_place_in_an_agency_byline():
    found = read("The ferry sailed.", authors=("AFP, MANILA",))
    assert found is not None
    assert (found.place, found.country, found.agency) == ("MANILA", "PH", "AFP")


def test_an_agency_that_is_quoted_is_a_source():
    assert read("The ferry sailed, Yonhap reported, citing KCNA.\n\nIt arrived, Reuters said.") is None
