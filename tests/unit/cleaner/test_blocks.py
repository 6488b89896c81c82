"""Blocks: kinds, order, what is part of the text, and what is only beside it."""

from datetime import UTC, datetime

import pytest

from services.cleaner import unicode
from services.cleaner.clean import clean
from services.cleaner.settings import CleanerSettings
from shared.messages import CleanArticle, RawArticle, Source, text_of
from shared.outcomes import Reason, Reject

THEN = datetime(2026, 3, 4, tzinfo=UTC)
P = [
    f"The harbour council voted on item {n} of the plan for the old ferry pier, and the fishers agreed."
    for n in range(6)
]


def cleaned(body: str, settings: CleanerSettings | None = None) -> CleanArticle:
    raw = RawArticle(
        article_id="0" * 32, revision=1, url="https://courier.example/pier", source=Source(id="x"),
        first_seen_at=THEN, discovered_at=THEN, fetched_at=THEN,
        content=f"<html><head><title>Pier plan</title></head><body><article><h1>Pier plan</h1>{body}</article>",
    )  # fmt: skip
    return clean(raw, settings=settings or CleanerSettings())


def test_kinds_in_reading_order() -> None:
    article = cleaned(
        f"<figure><img src='a.jpg'><figcaption>The pier in 1960.</figcaption></figure><p>{P[0]}</p>"
        f"<h2>What was decided</h2><ul><li>{P[1]}</li><li>{P[2]}</li></ul><blockquote><p>{P[3]}</p></blockquote>"
        f"<p>{P[4]}</p><figure><img src='b.jpg'><figcaption>Mara Oduya.</figcaption></figure>"
        f"<table><tr><th>1</th><th>2</th></tr><tr><td>41</td><td>3,7</td></tr></table><p>{P[5]}</p>"
    )
    assert [(block.kind, block.text) for block in article.blocks] == [
        ("caption", "The pier in 1960."),
        ("paragraph", P[0]),
        ("heading", "What was decided"),
        ("list", f"{P[1]}\n{P[2]}"),
        ("quote", P[3]),
        ("paragraph", P[4]),
        ("caption", "Mara Oduya."),
        ("table", "1 | 2\n41 | 3,7"),
        ("paragraph", P[5]),
    ]
    assert article.text == text_of(article.blocks)
    assert "41" not in article.text
    assert "1960" not in article.text


def test_a_table_of_words_is_read_as_a_list() -> None:
    rows = "".join(f"<tr><td>Quay {n}</td><td>will be dredged in spring</td></tr>" for n in ("north", "south"))
    article = cleaned("".join(f"<p>{text}</p>" for text in P) + f"<table>{rows}</table>")
    assert article.blocks[-1].kind == "list"
    assert "Quay north | will be dredged in spring" in article.text


def test_line_breaks_make_lines_and_paragraphs() -> None:
    article = cleaned(f"<p>{P[0]}<br>{P[1]}<br><br>{P[2]}</p><p>{P[3]}</p>")
    assert article.text.split("\n")[0] == P[0]
    assert all(text in article.text for text in P[:4])


def test_a_live_blog_keeps_its_parts() -> None:
    posts = "".join(f"<div class='post'><h3>1{n}:00</h3><p>{text}</p></div>" for n, text in enumerate(P))
    assert [block.text for block in cleaned(posts).blocks if block.kind == "paragraph"] == P


def test_a_dump_of_headlines_is_doubted_and_may_be_rejected() -> None:
    dump = "".join(f"<p>Ferry number {n} returns to the old quay</p>" for n in range(30))
    assert cleaned(dump).quality["bad_extraction"] >= 0.5
    with pytest.raises(Reject) as rejected:
        cleaned(dump, CleanerSettings(bad_extraction="reject"))
    assert rejected.value.reason is Reason.NO_ARTICLE
    assert cleaned("".join(f"<p>{text}</p>" for text in P)).quality["bad_extraction"] == 0.0


@pytest.mark.parametrize("charset", ["windows-1252", "latin-1"])
def test_misread_letters_are_counted(charset: str) -> None:
    told = "Der Bürgermeister grüßte die Fähre, später dann für fünf Gäste"
    assert unicode.mojibake(told) == 0
    assert unicode.mojibake("L’été à Genève: “déjà vu”, œuvre d’Été, ÅÄÖ, Ægir, “Â”") == 0
    assert unicode.mojibake(told.encode().decode(charset, errors="replace")) >= 5
