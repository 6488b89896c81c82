"""Languages that get mistaken for one another: cues of our own writing and the second-stage models."""

import numpy as np
import pytest

from services.tagger import cues, pairs
from services.tagger.cld2 import SILENT, cld2


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Vijeće je u utorak odlučilo zatvoriti stari most dok stručnjaci provjeravaju stupove, kažu u općini.", "hr"),
        ("Veće je u utorak odlučilo da zatvori stari most dok stručnjaci proveravaju stubove, kaže ona.", "sr-Latn"),
        ("Pemerintah kota menutup jembatan lama pada hari Selasa karena tiangnya harus diperiksa polisi.", "id"),
        ("Majlis bandar raya menutup jambatan lama pada hari Selasa kerana tiangnya perlu diperiksa.", "ms"),
        ("Kommunestyret vedtok tysdag å stengje den gamle brua medan ingeniørane ser på pilarane.", "nn"),
        ("Kommunestyret vedtok tirsdag å stenge den gamle brua mens ingeniørene ser på pilarene.", "nb"),
        ("Kommunalbestyrelsen vedtog tirsdag at lukke den gamle bro, mens ingeniører ser på pillerne.", "da"),
        ("De kple ɖoɖo ƒe ŋutinunya si wòle be woawɔ la ŋu.", "ee"),
        ("ئەنجومەنی شارەوانی بڕیاری دا پردە کۆنەکە دابخات لەگەڵ پشکنینی ستوونەکان.", "ckb"),
        ("佢哋話星期二會封咗嗰條舊橋，等工程師檢查橋躉。", "yue"),
        ("Bir körpünü bağlamaq qərarı çərşənbə axşamı şəhər şurasında qəbul edildi.", "az"),
    ],
)  # fmt: skip
def test_near_languages_are_told_apart(tagged, text, lang):
    assert tagged(text).lang == lang


def test_every_line_of_the_cue_table_is_read(tools):
    labels = set(tools.cues.groups) | set(tools.cues.marks)
    assert {"hr", "ee", "ty", "nd", "shi", "mey", "yue", "nn"} - labels == {"hr"}
    assert labels >= tools.pool.cue_labels


def test_a_group_keeps_the_weight_that_the_vote_gave_it(tools):
    text = "Kommunestyret vedtok å stenge brua"
    vote = tools.pool.vote(text, "Latn", cld2(text))
    places = [tools.pool.index[label] for label in ("da", "no", "nn", "sv")]
    before, after = vote.scores, cues.weigh(text, vote, tools.pool, tools.cues)
    spread = lambda scores: float(np.log(np.exp(scores[places]).sum()))  # noqa: E731 - said twice, below
    assert spread(after) <= spread(before) + 1e-3


@pytest.mark.parametrize("name", pairs.GROUPS)
@pytest.mark.parametrize("text", ["", "a", "Most je zatvoren.", "Jembatan ditutup. " * 300, "123 мост 橋"])
def test_a_second_stage_model_deals_out_exactly_one(name, text):
    logs = pairs.read(name).log_probabilities(text, SILENT, {})
    assert np.exp(logs).sum() == pytest.approx(1, abs=1e-4)


def test_a_model_file_names_where_it_comes_from():
    for name in pairs.GROUPS:
        assert "CC0" in (pairs.DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[0]
