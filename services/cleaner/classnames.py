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
    found: dict[str, list[re.Pattern[str]]] = {"class": [], "id": [], "first": []}
    for names, pattern, fold in _TEST.findall(path):
        of = names if "|" not in names else "first" if names.endswith("class") else "id"
        found[of].append(re.compile(pattern, re.IGNORECASE if fold else 0))
    of_class = _says(found["class"], equal, "class=")
    of_id = _says(found["id"], equal, "id=")
    of_first = _says(found["first"], starts=starts) if found["first"] or starts else None

    def asked(cls: str | None, ident: str | None, element: Any) -> bool:
        if (cls is not None and of_class(cls)) or (ident is not None and of_id(ident)):
            return True
        if of_first is None:
            return False
        first = first_of(cls, ident, element)
        return first is not None and of_first(first)

    return asked


def _says(
    patterns: list[re.Pattern[str]], equal: frozenset[str] = frozenset(), label: str = "", starts: str = ""
) -> Says:
    @lru_cache(maxsize=MEMORY)
    def says(value: str) -> bool:
        if f"{label}{value}" in equal or (starts and value.startswith(starts)):
            return True
        return any(pattern.search(value) for pattern in patterns)

    return says
