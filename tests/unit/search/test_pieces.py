import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.search.pieces import highlighted, laid_out
from shared.messages import Block, Segment, text_of
from shared.searchindex.query import Snippet
from tests.fixtures.press import HARBOUR, OBSERVATORY, PRESS

marks = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=6).map(tuple)


@given(st.text(max_size=50), marks)
def test_highlighting_neither_loses_nor_adds_text(text: str, marks: tuple[tuple[int, int], ...]) -> None:
    assert "".join(piece.text for piece in highlighted(Snippet(text, marks))) == text


def test_marks_that_overlap_or_reach_past_the_end_are_one_highlight_each() -> None:
    pieces = highlighted(Snippet("harbour strike", ((8, 99), (0, 7), (3, 7))))
    assert [(piece.text, piece.marked) for piece in pieces] == [("harbour", True), (" ", False), ("strike", True)]


def test_a_foreign_paragraph_is_one_run_in_its_language() -> None:
    foreign = [run for block in laid_out(OBSERVATORY) for line in block.lines for run in line if run.foreign]
    assert [(run.lang, run.text[:14]) for run in foreign] == [("en", "The Meridian F")]


def test_a_foreign_quotation_is_cut_out_of_its_line() -> None:
    text = "erster\nHe said: wait, und ging\n\nEnde"
    blocks = (Block(kind="list", text="erster\nHe said: wait, und ging"), Block(kind="paragraph", text="Ende"))
    article = msgspec.structs.replace(
        HARBOUR, lang="de", text=text, blocks=blocks, segments=(Segment(start=7, end=20, lang="en", foreign=True),)
    )
    lines = laid_out(article)[0].lines
    assert [[(run.text, run.lang) for run in line] for line in lines] == [
        [("erster", "de")],
        [("He said: wait", "en"), (", und ging", "de")],
    ]


def test_tables_do_not_shift_the_segments_after_them() -> None:
    text = "vorher\n\nafter"
    blocks = (
        Block(kind="paragraph", text="vorher"),
        Block(kind="table", text="a b\nc d"),
        Block(kind="quote", text="after"),
    )
    segment = Segment(start=8, end=13, lang="en", foreign=True)
    laid = laid_out(msgspec.structs.replace(HARBOUR, lang="de", text=text, blocks=blocks, segments=(segment,)))
    assert [(block.kind, [run.foreign for line in block.lines for run in line]) for block in laid] == [
        ("paragraph", [False]),
        ("table", [False, False]),
        ("quote", [True]),
    ]


def test_an_article_without_blocks_shows_its_text() -> None:
    laid = laid_out(msgspec.structs.replace(HARBOUR, blocks=(), text="one\n\ntwo", segments=()))
    assert [line[0].text for block in laid for line in block.lines] == ["one", "two"]


def test_every_character_of_an_article_is_shown() -> None:
    for article in PRESS:
        shown = "".join(run.text for block in laid_out(article) for line in block.lines for run in line)
        assert shown == "".join(block.text for block in article.blocks).replace("\n", "")
        assert text_of(article.blocks) == article.text
