"""The one place that reaches into trafilatura: named internals replaced at run time, nothing of it copied.

Most of its time goes into XPath expressions that put the class and id of every element to regular expressions, through
three layers of calls. Here the same regular expressions, taken out of upstream's own expressions when this module is
loaded, are asked directly, once for each pair of class and id. The version is pinned exactly;
`tests/unit/cleaner/test_upstream.py` fails when upstream changes an expression, and compares the answers.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

import trafilatura.core
import trafilatura.main_extractor
import trafilatura.utils
from lxml import etree
from trafilatura import xpaths
from trafilatura.settings import BASIC_CLEAN_XPATH

from services.cleaner import rescue

MEMORY = 1 << 14  # answers kept for each expression
_JOINERS = "\u200b\u200c\u200d"
_TEST = re.compile(r"re:test\(@([\w|@-]+), '([^']*)'(?:, '(i)')?\)")
_SECTIONS = ("div", "item", "list", "p", "section", "span")
_COMMENTS = ("div", "list", "section", "details", "ol", "ul")
_APPENDED = ("div", "section", "aside")
_FRAMES = ("article", "div", "main", "section")
_RARE: Any = etree.XPath(".//*[@style or @role or @aria-hidden or @data-component or @data-lp-replacement-content]")
Names = tuple[str | None, str | None, bool]  # class, id, and whether the id stands first
Asked = Callable[[str | None, str | None, bool], bool]


@lru_cache(maxsize=1 << 14)
def _kept(char: str) -> str:
    """Every printable character and space, and the joiners, which stock trafilatura deletes from Persian and Hindi."""
    return char if char.isprintable() or char.isspace() or char in _JOINERS else ""


def _names(element: Any) -> Names:
    cls, ident = element.get("class"), element.get("id")
    if cls is None or ident is None:
        return cls, ident, False
    keys = element.keys()
    return cls, ident, keys.index("id") < keys.index("class")


def _remembered(expression: Any, equal: frozenset[str] = frozenset(), starts: str = "") -> Asked:
    """The class and id tests of an upstream expression as one remembered function.

    Args:
        expression: the XPath object; its `re:test` calls are read from its text.
        equal: values of class or id that match whole.
        starts: what the first of class and id may begin with (XPath takes the first attribute of `@id|@class`).
    """
    return _remembered_path(expression.path, equal, starts)


def _remembered_path(path: str, equal: frozenset[str] = frozenset(), starts: str = "") -> Asked:
    found = _TEST.findall(path)
    tests = [(names.split("|@"), re.compile(pattern, re.IGNORECASE if i else 0)) for names, pattern, i in found]

    @lru_cache(maxsize=MEMORY)
    def asked(cls: str | None, ident: str | None, id_first: bool) -> bool:
        first = ident if cls is None or id_first else cls
        if f"class={cls}" in equal or f"id={ident}" in equal or (starts and first and first.startswith(starts)):
            return True
        own = {"class": cls, "id": ident}
        for names, pattern in tests:
            value = own.get(names[0]) if len(names) == 1 else first if names[1] == "class" else ident
            if value is not None and pattern.search(value):
                return True
        return False

    return asked


def _discard() -> Callable[[Any], list[Any]]:
    """Upstream's two expressions for boilerplate sections and hidden elements, in one walk."""
    section = _remembered(xpaths.OVERALL_DISCARD_XPATH[0])
    hidden = _remembered(xpaths.OVERALL_DISCARD_XPATH[1], frozenset({"class=comments-title"}), "reply-")
    tags = frozenset(_SECTIONS)

    def find(tree: Any) -> list[Any]:
        found: dict[Any, None] = {}
        for element in tree.iterdescendants():
            names = _names(element)
            if names[0] is None and names[1] is None:
                continue
            if hidden(*names) or (element.tag in tags and section(*names)):
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
    number: int, equal: str, roles: frozenset[str] = frozenset(), folded: str = ""
) -> Callable[[Any], list[Any]]:
    """One of upstream's expressions for the frame of the article, of which only the first match is used."""
    asked = _remembered(xpaths.BODY_XPATH[number], frozenset(equal.split()))

    def find(tree: Any) -> list[Any]:
        for element in tree.iterdescendants(*_FRAMES):
            names = _names(element)
            if asked(*names) or (number == 0 and element.get("itemprop") == "articleBody"):
                return [element]
            if roles and element.get("role") in roles:
                return [element]
            if folded and _contains(names):
                return [element]
        return []

    return find


def _contains(names: Names) -> bool:
    cls, ident = names[0] or "", names[1] or ""
    main = "main-content" in cls.replace("C", "c").replace("M", "m")
    main = main or "main-content" in ident.replace("C", "c").replace("M", "m")
    return main or "page-content" in cls.replace("C", "c").replace("P", "p")


def _comments() -> Callable[[Any], list[Any]]:
    """Upstream's expression for comment sections and comment lists."""
    path = xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH[0].path
    head, _, lists = path.rpartition("][")
    section, listed = _remembered_path(head), _remembered_path(lists)

    def find(tree: Any) -> list[Any]:
        return [
            element
            for element in tree.iterdescendants(*_COMMENTS)
            if section(*(names := _names(element))) and (element.tag not in ("ol", "ul") or listed(*names))
        ]

    return find


def _appended() -> list[Callable[[Any], list[Any]]]:
    """Upstream's expressions for follow-up articles; they look below an element, so they run where a name calls."""
    follow_up = _remembered(xpaths.RAW_TREE_PRUNE_XPATH[0])

    def find(tree: Any) -> list[Any]:
        expression: Any = xpaths.RAW_TREE_PRUNE_XPATH[0]
        called = any(follow_up(*_names(element)) for element in tree.iterdescendants(*_APPENDED))
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
    banner = _remembered(BASIC_CLEAN_XPATH)
    tags = frozenset(re.findall(r"\.//([a-z]+)(?=\||$)", BASIC_CLEAN_XPATH.path))

    def find(tree: Any) -> list[Any]:
        found = []
        for element in tree.iterdescendants():
            names = _names(element)
            first = names[1] if names[0] is None or names[2] else names[0]
            if element.tag in tags or (element.tag == "div" and first and "footer" in first):
                found.append(element)
                continue
            if first is not None and banner(*names):
                found.append(element)
        return found

    return find


def pruned() -> tuple[list[Any], list[Any]]:
    """The expressions that upstream prunes the raw tree by, in its order: follow-up articles, comments."""
    core: Any = trafilatura.core
    return core.RAW_TREE_PRUNE_XPATH, core.REMOVE_COMMENTS_AND_LISTS_XPATH


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
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of that name
    main.OVERALL_DISCARD_XPATH = [_discard()]
    main.TEASER_DISCARD_XPATH = [_containing("teaser", "t")]
    core.REMOVE_COMMENTS_AND_LISTS_XPATH = [_comments()]
    core.RAW_TREE_PRUNE_XPATH = _appended()
    baseline.BASIC_CLEAN_XPATH = _basic()
    main.BODY_XPATH = [
        _frame(0, "class=post class=entry id=articleContent"),
        xpaths.BODY_XPATH[1],
        _frame(
            2,
            "id=article id=story class=postarea class=art-postcontent class=text class=cell class=story",
            frozenset({"article"}),
        ),
        _frame(3, "id=content class=content", folded="content"),
        xpaths.BODY_XPATH[4],
    ]


adapt()
