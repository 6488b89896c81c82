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
def test_spacy_entities_become_mentions():
    spacy = pytest.importorskip("spacy", reason="spaCy is optional and not installed")
    pipeline = spacy.blank("de")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Anna Weber"}, {"label": "MISC", "pattern": "Ostern"}])
    text = "...... Zu Ostern kam Anna Weber."
    (mention,) = optional.spacy_recogniser(pipeline)(text, 7, len(text))
    assert (mention.kind, text[mention.start : mention.end]) == ("person", "Anna Weber")


@pytest.mark.filterwarnings("ignore")  # other people's packages
def test_natasha_entities_become_mentions():
    pytest.importorskip("natasha", reason="Natasha is optional and not installed")
    recognise = optional.load(("ru=natasha",))["ru"]
    text = "Сегодня президент Владимир Путин встретился в Москве с главой Сбербанка Германом Грефом."
    found = {(mention.text, mention.kind) for mention in recognise(text, 8, len(text))}
    assert {("Владимир Путин", "person"), ("Москве", "place"), ("Германом Грефом", "person")} <= found
