"""The class and id tests of an XPath expression as one remembered function.

Class strings repeat within a page and across pages; an id is mostly the page's own. So the two are remembered apart,
and each value is put to the regular expressions once.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

MEMORY = 1 << 14  # answers kept for each attribute of an expression
_TEST = re.compile(r"re:test\(@([\w|@-]+), '([^']*)'(?:, '(i)')?\)")
Asked = Callable[[str | None, str | None, Any], bool]  # of class, id and the element that has them
Says = Callable[[str], bool]


def first_of(cls: str | None, ident: str | None, element: Any) -> str | None:
    """What XPath takes for `@id|@class`: whichever the element names first."""
    if cls is None or ident is None:
        return ident if cls is None else cls
    keys = element.keys()
    return ident if keys.index("id") < keys.index("class") else cls


def remembered(path: str, equal: frozenset[str] = frozenset(), starts: str = "") -> Asked:
    """Whether an element's class and id pass one of the `re:test` calls in `path`.

    Args:
        path: of an upstream expression.
        equal: whole values that pass as well, as `class=...` or `id=...`.
        starts: what the first of class and id may begin with.
    """
    found: dict[str, list[str]] = {"class": [], "id": [], "first": []}
    for names, pattern, fold in _TEST.findall(path):
        of = names if "|" not in names else "first" if names.endswith("class") else "id"
        found[of].append(f"(?i:{pattern})" if fold else pattern)
    same = [value.partition("=") for value in sorted(equal)]
    of_class = _says(found["class"] + [f"^{re.escape(value)}\\Z" for of, _, value in same if of == "class"])
    of_id = _says(found["id"] + [f"^{re.escape(value)}\\Z" for of, _, value in same if of == "id"])
    firsts = found["first"] + ([f"^{re.escape(starts)}"] if starts else [])
    of_first = _says(firsts) if firsts else None

    def asked(cls: str | None, ident: str | None, element: Any) -> bool:
        if (cls is not None and of_class(cls)) or (ident is not None and of_id(ident)):
            return True
        if of_first is None:
            return False
        first = first_of(cls, ident, element)
        return first is not None and of_first(first)

    return asked


def _says(patterns: list[str]) -> Says:
    search = re.compile("|".join(patterns) if patterns else r"(?!)").search

    @lru_cache(maxsize=MEMORY)
    def says(value: str) -> bool:
        return search(value) is not None

    return says
