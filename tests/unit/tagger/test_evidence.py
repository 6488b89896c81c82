"""What decides before and after the vote: scripts, variants, declarations, cues, confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger import calibration, priors
from services.tagger.labels import folded, log_prior, primary
from services.tagger.scripts import scripts
from services.tagger.variants import han, region, tag_of
from services.tagger.writing import guess, possible


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("Bridge closed", "Latn"),
        ("Мост закрыт", "Cyrl"),
        ("橋は閉鎖", "Jpan"),
        ("旧桥关闭", "Hani"),
        ("다리 폐쇄", "Kore"),
        ("Η γέφυρα έκλεισε", "Grek"),
        ("Samsung 갤럭시 출시", "Kore"),
        ("iPhone 手机涨价", "Hani"),
        ("ปิดสะพานเก่า Facebook", "Thai"),
        ("12 %", "Zyyy"),
        ("", "Zyyy"),
        ("\ud800", "Zyyy"),
    ],
)
def test_the_main_script(text, main):
    assert scripts(text).main == main


@given(st.text(max_size=200))
def test_letters_never_outnumber_characters(text):
    seen = scripts(text)
    assert 0 <= seen.letters <= len(text)
    assert sum(seen.counts.values()) == seen.letters


def test_simplified_and_traditional_characters():
    assert (han("国会选举"), han("國會選舉"), han("中文"), han("none")) == ("Hans", "Hant", "", "")


@pytest.mark.parametrize(
    ("label", "script", "text", "tag"),
    [
        ("no", "Latn", "", "nb"),
        ("nn", "Latn", "", "nn"),
        ("sr", "Latn", "", "sr-Latn"),
        ("sr", "Cyrl", "", "sr-Cyrl"),
        ("zh", "Hani", "国会", "zh-Hans"),
        ("zh", "Hani", "中文", "zh"),
        ("de", "Latn", "", "de"),
    ],
)
def test_tags_are_canonical_and_minimal(label, script, text, tag):
    assert tag_of(label, script, text) == tag


@pytest.mark.parametrize(
    ("text", "declared", "where"),
    [
        ("A equipe econômica divulgou os registros.", (), "BR"),
        ("A equipa económica divulgou os registos.", (), "PT"),
        ("O governo anunciou novas medidas.", (), ""),
        ("O governo anunciou novas medidas.", ("pt-BR",), ""),
        ("A equipe anunciou novas medidas.", (), ""),
        ("A equipe anunciou novas medidas.", ("pt_BR",), "BR"),
        ("A equipa e a equipe.", ("pt-BR",), ""),
    ],
)
def test_the_portuguese_standard_needs_evidence_in_the_text(text, declared, where):
    assert region(text, declared) == where


@pytest.mark.parametrize(
    ("declared", "label", "weight"),
    [
        ({"html": "en-US"}, "en", priors.WEAK),
        ({"og": "en_US"}, "en", priors.STRONG),
        ({"html": "de"}, "de", priors.STRONG),
        ({"header": "en"}, "en", priors.WEAK),
        ({"html": "nb-NO"}, "no", priors.STRONG),
    ],
)
def test_a_declared_english_is_weak_and_anything_else_strong(declared, label, weight):
    assert priors.declared(declared) == {label: weight}


def test_two_that_agree_say_more_and_three_no_more_than_two():
    two = priors.declared({"html": "de", "og": "de_DE"})["de"]
    assert priors.STRONG < two == priors.declared({"html": "de", "og": "de_DE", "feed": "de"})["de"]


@pytest.mark.parametrize("value", ["", "lang", "x" * 50, "deutsch!", "<en>", "1"])
def test_what_is_no_language_tag_is_left_out(value):
    found = priors.declared({"html": value})
    assert found == {} or set(found) == {"lang"}  # four letters could be a tag; no backend knows it


def test_labels_are_folded():
    assert (folded("iw"), folded("zh-Hant"), primary("pt-BR"), primary("zh_TW"), primary("NB")) == (
        "he", "zh", "pt", "zh", "no",
    )  # fmt: skip


def test_scripts_rule_languages_out():
    assert possible("sr", "Cyrl")
    assert possible("sr", "Latn")
    assert not possible("ru", "Latn")
    assert not possible("de", "Cyrl")
    assert guess("Thai") == "th"
    assert log_prior("de") > log_prior("fo") > log_prior("vo")


def test_weights_of_every_feature_are_there():
    assert len(calibration.read()) == len(calibration.FEATURES)


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=3))
def test_confidence_is_a_probability_and_grows_with_what_speaks_for_it(values):
    weights = (1.0, 0.5, 0.1)
    low = calibration.confidence(values, weights)
    assert 0 <= low <= 1
    assert calibration.confidence([values[0] + 1, *values[1:]], weights) >= low


def test_the_pools_labels_are_each_there_once(tools):
    assert len(set(tools.pool.labels)) == len(tools.pool.labels)
    assert np.isfinite(tools.pool.vote("Bridge closed", "Latn", tools_silent()).scores).all()


def tools_silent():
    from services.tagger.cld2 import SILENT

    return SILENT
