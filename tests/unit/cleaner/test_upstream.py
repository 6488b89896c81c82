"""trafilatura is pinned, and the internals that we replace are still what we took them for."""

from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import justext.core
import justext.paragraph
import justext.utils
import pytest
import trafilatura.core
import trafilatura.htmlprocessing
import trafilatura.main_extractor
import trafilatura.utils
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from trafilatura import xpaths
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.settings import BASIC_CLEAN_XPATH

from services.cleaner import rescue, upstream

baseline: Any = import_module("trafilatura.baseline")
core: Any = trafilatura.core
main: Any = trafilatura.main_extractor
PAIRS = {
    "discard": (main.OVERALL_DISCARD_XPATH, xpaths.OVERALL_DISCARD_XPATH),
    "teaser": (main.TEASER_DISCARD_XPATH, xpaths.TEASER_DISCARD_XPATH),
    "comments": ([upstream._COMMENT], xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH),
    "appended": (upstream._FOLLOW_UP, xpaths.RAW_TREE_PRUNE_XPATH),
    "basic": ([baseline.BASIC_CLEAN_XPATH], [BASIC_CLEAN_XPATH]),
}
NAMES = [
    name.strip()
    for name in """, post-content, article-body, sidebar, nav, menu main, comment-list, commentary, post-comments,
    teaser, Teaser-box, footer, page-footer, cookie-notice, cookie-banner, related-stories, share-, hide, x hidden,
    infinite-scroll, mvp-post-add-box, elementor-share-buttons, main-Content, Page-content, story, text, content,
    author, byline, reply-1, fullText, onetrust-x, tags, author-name, entry""".split(",")
]
TAGS = ("div", "section", "p", "span", "ul", "ol", "aside", "article", "main", "details", "footer")


def tree() -> Any:
    """A page in which every name is the class, the id, or both in either order, of every kind of element."""
    parts = []
    for number, name in enumerate(NAMES):
        for tag in TAGS:
            other = NAMES[(number * 7 + len(tag)) % len(NAMES)]
            parts.append(f'<{tag} class="{name}">a</{tag}><{tag} id="{name}">b</{tag}>')
            parts.append(f'<{tag} class="{name}" id="{other}">c</{tag}><{tag} id="{name}" class="{other}">d</{tag}>')
    rare = ('style="display:none"', 'style="display: none"', 'style="hidden"', 'role="navigation"', 'role="Nav"',
            'aria-hidden="true"', 'data-component="MostPopularStories"', 'data-lp-replacement-content="1"',
            'style="visibility:hidden" id="x"', 'id="x" style="visibility:hidden"')  # fmt: skip
    parts += [f"<div {attribute}>e</div><b {attribute}>f</b>" for attribute in rare]
    parts.append('<div class="infinite-scroll"><h1>kept</h1></div>')
    return html.document_fromstring(f"<html><body>{''.join(parts)}</body></html>")


def test_the_pin_holds() -> None:
    assert version("trafilatura") == "2.3.1"


def test_expressions_are_the_known_ones() -> None:
    groups = (
        xpaths.OVERALL_DISCARD_XPATH, xpaths.TEASER_DISCARD_XPATH, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
        xpaths.RAW_TREE_PRUNE_XPATH, xpaths.BODY_XPATH, [BASIC_CLEAN_XPATH],
    )  # fmt: skip
    paths = "\n".join(expression.path for group in groups for expression in group)
    assert blake2b(paths.encode(), digest_size=16).hexdigest() == "3936e63ad135472d4c128971345de69b"


@pytest.mark.parametrize("name", PAIRS)
def test_replacements_answer_as_upstream_does(name: str) -> None:
    page = tree()
    ours, theirs = PAIRS[name]
    expected = {element for expression in theirs for element in expression(page)}
    assert expected
    assert {element for expression in ours for element in expression(page)} == expected


def test_the_raw_tree_is_pruned_as_upstream_prunes_it() -> None:
    for drop in ("", "infinite", "mvp-post-add-", "elementor"):
        source = html.tostring(tree(), encoding="unicode").replace(drop, "x") if drop else "<p>plain</p>"
        ours, theirs = html.document_fromstring(source), html.document_fromstring(source)
        for expressions in (xpaths.RAW_TREE_PRUNE_XPATH, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH):
            theirs = prune_unwanted_nodes(theirs, expressions)
        assert html.tostring(upstream.prune(ours, source)) == html.tostring(theirs)
    assert core.RAW_TREE_PRUNE_XPATH == core.REMOVE_COMMENTS_AND_LISTS_XPATH == []


@pytest.mark.parametrize("number", range(5))
def test_frames_are_found_as_upstream_finds_them(number: int) -> None:
    for name in NAMES:
        for attribute in ("class", "id", "role", "itemprop"):
            page = html.document_fromstring(f'<div><p>x</p><section {attribute}="{name}">y</section></div>')
            expected = next(iter(xpaths.BODY_XPATH[number](page)), None)
            assert next(iter(main.BODY_XPATH[number](page)), None) is expected


def test_joiners_are_kept() -> None:
    assert trafilatura.utils.return_printables_and_spaces is upstream._kept
    assert trafilatura.utils.remove_control_characters("a\u200cb\u200dc\x01") == "a\u200cb\u200dc"


def test_justext_is_the_one_that_we_know() -> None:
    assert version("justext") == "3.0.2"


@given(st.text(alphabet="ab \t\n\r\u00a0\u2028\x0b\x1c\u3000<", max_size=40))
def test_justexts_white_space_is_made_as_its_own(text: str) -> None:
    assert rescue.normalize_whitespace(text) == justext.utils.normalize_whitespace(text)


def test_a_paragraphs_text_follows_its_nodes() -> None:
    paragraph = justext.paragraph.Paragraph(SimpleNamespace(dom="p", xpath="/p"))
    assert (paragraph.text, len(paragraph)) == ("", 0)
    for added in (" A  line ", "\n and ", "more"):
        paragraph.append_text(added)
        assert paragraph.text == justext.utils.normalize_whitespace("".join(paragraph.text_nodes).strip())
        assert len(paragraph) == len(paragraph.text)


_PIECES = st.sampled_from(
    "<p>|</p>|<div>|</div>|<br>|<br>|<a>|</a>|<select>|<option>|</select>|<td>|<li>|<b>|</b>|harbour| |\n|the".split(
        "|"
    )
)


@given(st.lists(_PIECES, max_size=40))
def test_justexts_paragraphs_are_made_as_its_own(pieces: list[str]) -> None:
    page = html.document_fromstring(f"<body><p>quay</p>{''.join(pieces)}</body>")
    asked = ("text_nodes", "tags_count", "chars_count_in_links")
    own, theirs = rescue.paragraphs(page), justext.core.ParagraphMaker.make_paragraphs(page)
    assert [[getattr(one, name) for name in asked] for one in own] == [
        [getattr(one, name) for name in asked] for one in theirs
    ]
    assert ["select" in one.dom_path for one in own] == ["select" in one.dom_path for one in theirs]


def test_link_density_is_tested_as_upstream_tests_it() -> None:
    for inner in ("", "<ref>quay</ref>", "<ref>quay</ref> and a longer text about the harbour", "<b>no link</b> here"):
        element = html.fragment_fromstring(f"<div><p>{inner}</p>{inner}</div>")
        assert upstream.link_density_test is not trafilatura.htmlprocessing.link_density_test is upstream._link_density
        assert upstream._link_density(element) == upstream.link_density_test(element)
