import pytest

from services.search.names import country_name, direction, facet_name, html_lang, language_name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("fa", "Persian"),
        ("zh", "Chinese"),
        ("zh-Hans", "Simplified Chinese"),
        ("pt-BR", "Brazilian Portuguese"),
        ("ckb", "Central Kurdish"),
        ("de-CH-1901", "German"),
        ("und", "Unknown language"),
        ("zxx", "No language"),
        ("qqq", "qqq"),
        ("<b>", "<b>"),
    ],
)
def test_languages_have_english_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_countries_have_english_names() -> None:
    assert [country_name(code) for code in ("DE", "ir", "QQ", "")] == ["Germany", "Iran", "QQ", ""]


def test_facets_are_shown_by_name() -> None:
    assert [facet_name("lang", "ur"), facet_name("country", "IR"), facet_name("entity", "IR")] == ["Urdu", "Iran", "IR"]


@pytest.mark.parametrize(
    ("tag", "script", "runs"),
    [
        ("ar", "", "rtl"),
        ("fa", "", "rtl"),
        ("he", "", "rtl"),
        ("ur", "", "rtl"),
        ("ckb", "", "rtl"),
        ("ug", "", "rtl"),
        ("yi", "", "rtl"),
        ("en", "", "ltr"),
        ("zh", "", "ltr"),
        ("az", "", "ltr"),
        ("az-Arab", "", "rtl"),
        ("ar-Latn", "", "ltr"),
        ("ku", "Arab", "rtl"),
        ("pa", "Arab", "rtl"),
        ("und", "", "auto"),
        ("und", "Hebr", "rtl"),
        ("qqq", "", "auto"),
    ],
)
def test_text_runs_as_its_script_does(tag: str, script: str, runs: str) -> None:
    assert direction(tag, script) == runs


def test_an_unknown_language_is_not_claimed_in_html() -> None:
    assert [html_lang(tag) for tag in ("fa", "und", "zxx")] == ["fa", "", ""]
