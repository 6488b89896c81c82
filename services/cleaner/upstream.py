"""The one place that reaches into trafilatura: named internals replaced at run time, nothing of it copied.

Most of its time goes into XPath expressions that put the class and id of every element to regular expressions, through
three layers of calls. Here the same regular expressions, taken out of upstream's own expressions when this module is
loaded, are asked directly, once for each class and id. The version is pinned exactly;
`tests/unit/cleaner/test_upstream.py` fails when upstream changes an expression, and compares the answers.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

import trafilatura.core
import trafilatura.htmlprocessing
import trafilatura.main_extractor
import trafilatura.utils
from lxml import etree
from trafilatura import xpaths
from trafilatura.htmlprocessing import link_density_test, prune_unwanted_nodes
from trafilatura.settings import BASIC_CLEAN_XPATH

from services.cleaner import rescue
from services.cleaner.classnames import MEMORY, first_of, remembered

_JOINERS = "\u200b\u200c\u200d"
_SECTIONS = ("div", "item", "list", "p", "section", "span")
_COMMENTS = ("div", "list", "section", "details", "ol", "ul")
_APPENDED = ("div", "section", "aside")
_FRAMES = ("article", "div", "main", "section")
_RARE: Any = etree.XPath(".//*[@style or @role or @aria-hidden or @data-component or @data-lp-replacement-content]")


@lru_cache(maxsize=1 << 14)
def _kept(char: str) -> str:
    """Every printable character and space, and the joiners, which stock trafilatura deletes from Persian and Hindi."""
    return char if char.isprintable() or char.isspace() or char in _JOINERS else ""


def _discard() -> Callable[[Any], list[Any]]:
    """Upstream's two expressions for boilerplate sections and hidden elements, in one walk."""
    section = remembered(xpaths.OVERALL_DISCARD_XPATH[0].path)
    hidden = remembered(xpaths.OVERALL_DISCARD_XPATH[1].path, frozenset({"class=comments-title"}), "reply-")
    tags = frozenset(_SECTIONS)

    def find(tree: Any) -> list[Any]:
        found: dict[Any, None] = {}
        for element in tree.iterdescendants():
            cls, ident = element.get("class"), element.get("id")
            if cls is None and ident is None:
                continue
            if hidden(cls, ident, element) or (element.tag in tags and section(cls, ident, element)):
                found[element] = None
        for element in _RARE(tree):
            style = element.get("style", "")
            if (
                "display:none" in style
                or "display: none" in style
                or element.get("aria-hidden") == "true"
                or _first_of_style(element, style)
                or (element.tag in tags and _is_marked(element))
            ):
                found[element] = None
        return list(found)

    return find


def _first_of_style(element: Any, style: str) -> bool:
    """`re:test(@id|@style, 'hidden')` where the style is the one asked."""
    if "hidden" not in style:
        return False
    keys = element.keys()
    return "id" not in keys or keys.index("style") < keys.index("id")


def _is_marked(element: Any) -> bool:
    role = element.get("role", "").replace("N", "n")
    return (
        "nav" in role
        or "MostPopularStories" in element.get("data-component", "")
        or element.get("data-lp-replacement-content") is not None
    )


def _frame(
    number: int, equal: str, roles: frozenset[str] = frozenset(), content: bool = False
) -> Callable[[Any], list[Any]]:
    """One of upstream's expressions for the frame of the article, of which only the first match is used."""
    asked = remembered(xpaths.BODY_XPATH[number].path, frozenset(equal.split()))

    def find(tree: Any) -> list[Any]:
        for element in tree.iterdescendants(*_FRAMES):
            cls, ident = element.get("class"), element.get("id")
            if asked(cls, ident, element) or (number == 0 and element.get("itemprop") == "articleBody"):
                return [element]
            if roles and element.get("role") in roles:
                return [element]
            if content and ((cls and _is_content(cls)) or (ident and "main-content" in _small(ident))):
                return [element]
        return []

    return find


def _small(value: str) -> str:
    return value.replace("C", "c").replace("M", "m")


@lru_cache(maxsize=MEMORY)
def _is_content(cls: str) -> bool:
    return "main-content" in _small(cls) or "page-content" in cls.replace("C", "c").replace("P", "p")


def _comments() -> Callable[[Any], list[Any]]:
    """Upstream's expression for comment sections and comment lists."""
    path = xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH[0].path
    head, _, lists = path.rpartition("][")
    section, listed = remembered(head), remembered(lists)

    def find(tree: Any) -> list[Any]:
        found = []
        for element in tree.iterdescendants(*_COMMENTS):
            cls, ident = element.get("class"), element.get("id")
            if section(cls, ident, element) and (element.tag not in ("ol", "ul") or listed(cls, ident, element)):
                found.append(element)
        return found

    return find


def _appended() -> list[Callable[[Any], list[Any]]]:
    """Upstream's expressions for follow-up articles; they look below an element, so they run where a name calls."""
    follow_up = remembered(xpaths.RAW_TREE_PRUNE_XPATH[0].path)

    def find(tree: Any) -> list[Any]:
        expression: Any = xpaths.RAW_TREE_PRUNE_XPATH[0]
        called = any(follow_up(e.get("class"), e.get("id"), e) for e in tree.iterdescendants(*_APPENDED))
        return list(expression(tree)) if called else []

    def shares(tree: Any) -> list[Any]:
        return [e for e in tree.iterdescendants(*_APPENDED) if "elementor-share-buttons" in (e.get("class") or "")]

    return [find, shares]


def _containing(word: str, fold: str) -> Callable[[Any], list[Any]]:
    """Sections whose class or id contains a word, one letter of it in either case."""

    def find(tree: Any) -> list[Any]:
        found = []
        for element in tree.iterdescendants(*_SECTIONS):
            cls, ident = element.get("class"), element.get("id")
            if (cls and word in cls.replace(fold.upper(), fold)) or (
                ident and word in ident.replace(fold.upper(), fold)
            ):
                found.append(element)
        return found

    return find


def _basic() -> Callable[[Any], list[Any]]:
    """Upstream's expression for what is never text, and for consent banners."""
    banner = remembered(BASIC_CLEAN_XPATH.path)
    tags = frozenset(re.findall(r"\.//([a-z]+)(?=\||$)", BASIC_CLEAN_XPATH.path))

    def find(tree: Any) -> list[Any]:
        found = []
        for element in tree.iterdescendants():
            if element.tag in tags:
                found.append(element)
                continue
            cls, ident = element.get("class"), element.get("id")
            if cls is None and ident is None:
                continue
            if (element.tag == "div" and "footer" in (first_of(cls, ident, element) or "")) or banner(
                cls, ident, element
            ):
                found.append(element)
        return found

    return find


def _link_density(element: Any, favor_precision: bool = False) -> tuple[bool, bool]:
    """Upstream's test of how much of an element is links, not asked where there is none."""
    if next(element.iterdescendants("ref"), None) is None:
        return False, False
    found: tuple[bool, bool] = link_density_test(element, favor_precision)
    return found


_FOLLOW_UP = _appended()
_COMMENT = _comments()
_FOLLOW_UP_WORDS = ("mvp-post-add-", "infinite", "elementor-share-buttons")  # one of them in each class that matches


def prune(tree: Any, source: str) -> Any:
    """The raw tree without follow-up articles and comments, as upstream prunes it before anything else."""
    expressions: Any = [_COMMENT]
    if any(word in source for word in _FOLLOW_UP_WORDS):
        expressions = [*_FOLLOW_UP, _COMMENT]
    return prune_unwanted_nodes(tree, expressions)


def extract(tree: Any, options: Any) -> tuple[Any, str, set[str]]:
    """trafilatura's main extractor without its recovery, which copies the tree first."""
    found: tuple[Any, str, set[str]] = trafilatura.main_extractor._extract(tree, options)
    return found


def warm_up() -> None:
    """Lets dateparser, which htmldate asks last, build the tables of every locale: a second or two, once."""
    for text in ("3 mars 2026", "zzq 41 xvw"):  # the second is a date in no language, so that all are tried
        import_module("htmldate.extractors").external_date_parser(text, "%Y-%m-%d")


def adapt() -> None:
    """Puts our replacements in place; doing it again changes nothing."""
    rescue.adapt()
    trafilatura.utils.return_printables_and_spaces = _kept
    main: Any = trafilatura.main_extractor
    core: Any = trafilatura.core
    processing: Any = trafilatura.htmlprocessing
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of that name
    processing.link_density_test = _link_density
    main.OVERALL_DISCARD_XPATH = [_discard()]
    main.TEASER_DISCARD_XPATH = [_containing("teaser", "t")]
    core.REMOVE_COMMENTS_AND_LISTS_XPATH = core.RAW_TREE_PRUNE_XPATH = []  # `prune` has done both
    baseline.BASIC_CLEAN_XPATH = _basic()
    main.BODY_XPATH = [
        _frame(0, "class=post class=entry id=articleContent"),
        xpaths.BODY_XPATH[1],
        _frame(
            2,
            "id=article id=story class=postarea class=art-postcontent class=text class=cell class=story",
            frozenset({"article"}),
        ),
        _frame(3, "id=content class=content", content=True),
        xpaths.BODY_XPATH[4],
    ]


adapt()
