"""The libraries behind the vote, and the tagger without one or both of them."""

import dataclasses
from functools import partial

import numpy as np
import pytest

from services.tagger import bayes, cld2, work
from services.tagger.bayes import Bayes
from services.tagger.cld2 import best_effort, cld2_parts
from services.tagger.fast import certain
from services.tagger.pool import Pool
from services.tagger.settings import TaggerSettings
from services.tagger.tag import tag
from tests.quality.tag_corpus import article

ENGLISH = "The city council voted on Tuesday to close the old bridge while engineers inspect its supports."
GERMAN = "Der Stadtrat beschloss am Dienstag, die alte Brücke zu sperren, solange Fachleute ihre Pfeiler prüfen."


@pytest.mark.parametrize("text", ["\x00\x01", "\ud800 text", "\ufffe", "\U0010ffff", "", " ", "a\x7fb" * 100])
def test_cld2_answers_anything(text):
    assert cld2.cld2(text).shares is not None
    assert not best_effort(text).reliable


def test_stretches_count_bytes():
    text = f"{GERMAN}\n{ENGLISH * 2}"
    parts = cld2_parts(text).parts
    assert [part[2] for part in parts] == ["de", "en"]
    assert parts[-1][1] <= len(text.encode())


def test_py3langid_gives_probabilities_in_the_order_of_its_labels(tools):
    model = tools.pool._bayes
    shares = model.probabilities(GERMAN)
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    assert model.labels[int(shares.argmax())] == "de"


def test_an_unpacked_model_says_the_same_and_is_used_again(tmp_path):
    fresh, written, again = Bayes(""), Bayes(str(tmp_path)), Bayes(str(tmp_path))
    for text in (GERMAN, ENGLISH, "мост", ""):
        assert np.array_equal(fresh.probabilities(text), written.probabilities(text))
        assert np.array_equal(fresh.probabilities(text), again.probabilities(text))
    (folder,) = tmp_path.iterdir()
    (folder / "ptc.npy").write_bytes(b"broken")
    assert np.array_equal(fresh.probabilities(GERMAN), Bayes(str(tmp_path)).probabilities(GERMAN))
    assert (folder / "ptc.npy").stat().st_size > len(b"broken")  # a damaged one is made anew


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path, tools):
    file = tmp_path / "file"
    file.write_text("")
    assert np.array_equal(Bayes(str(file)).probabilities(GERMAN), tools.pool._bayes.probabilities(GERMAN))


@pytest.mark.parametrize("missing", [{"bayes"}, {"cld2"}, {"bayes", "cld2"}])
def test_a_missing_backend_degrades_with_a_notice(monkeypatch, tools, missing, capsys):
    if "bayes" in missing:
        monkeypatch.setattr(bayes, "AVAILABLE", False)
    if "cld2" in missing:
        monkeypatch.setattr(cld2, "AVAILABLE", False)
        monkeypatch.setattr(cld2, "pycld2", None)
    poorer = work.load_tools(TaggerSettings())
    said = capsys.readouterr()
    assert (said.out + said.err).count("backend missing") == len(missing)
    run = partial(tag, tools=poorer)
    for text in ("", "12", "a", GERMAN, "\n\n".join([ENGLISH, GERMAN]), "Городской совет решил закрыть мост."):
        assert run(article(text)).lang_status in ("ok", "low", "mixed", "und", "zxx")
    assert run(article("Το δημοτικό συμβούλιο αποφάσισε.")).lang == "el"
    if len(missing) < 2:
        assert run(article(GERMAN)).lang == "de"


def test_a_sure_text_needs_one_backend_only(tools):
    silent = dataclasses.replace(tools, pool=Pool(None, tools.cues.labels))
    long = " ".join([GERMAN] * 3)
    assert certain(long, cld2.cld2(long), tools.cues) == "de"
    assert tag(article(long), silent) == tag(article(long), tools)


@pytest.mark.parametrize(
    "text", ["Gradski odbor je odlučio da zatvori stari most.", "Pemerintah kota menutup jembatan lama.", "Bridge"]
)
def test_near_languages_and_short_texts_are_never_sure(tools, text):
    assert certain(text, cld2.cld2(text), tools.cues) == ""
