"""URL parameters to a query: the words in `q`, one parameter for each keyword field, a time range, order and page.

The same field twice means either value, two fields mean both. What no search knows is refused, because a mistyped
filter that is passed over gives an answer to another question.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Literal

from services.search.parse import BadQuery, parse
from shared.searchindex.query import FACET_FIELDS, KEYWORD_FIELDS, All, Keyword, Node, Query, Some, ranks

SINGLE = ("q", "since", "until", "sort", "size", "cursor")
SORTS: tuple[Literal["relevance", "newest", "oldest"], ...] = ("relevance", "newest", "oldest")
DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_VALUES = 100  # filter values in one search


def query_of(params: Sequence[tuple[str, str]]) -> Query:
    """The query of a search address. Blank values count as absent: forms send them.

    Without `sort`, words are answered by relevance and anything else newest first.

    Raises:
        BadQuery: names the parameter, and for `q` the position in it.
    """
    given = [(name, value.strip() if name != "q" else value) for name, value in params if value.strip()]
    for name in dict(given):
        if name not in SINGLE and name not in KEYWORD_FIELDS:
            known = ", ".join((*SINGLE, *KEYWORD_FIELDS))
            raise BadQuery(f"no search knows the parameter {name}: there are {known}", 0, name)
    single = {name: _one(given, name) for name in SINGLE}
    words = parse(single["q"])
    root = _all([*([words] if words else []), *_filters(given)])
    return Query(
        root=root,
        since=_instant("since", single["since"]),
        until=_instant("until", single["until"]),
        sort=_sort(single["sort"], root),
        size=_size(single["size"]),
        cursor=single["cursor"],
        facets=FACET_FIELDS,
    )


def _one(given: Sequence[tuple[str, str]], name: str) -> str:
    values = [value for other, value in given if other == name]
    if len(values) > 1:
        raise BadQuery(f"{name} stands {len(values)} times: give it once", 0, name)
    return values[0] if values else ""


def _filters(given: Sequence[tuple[str, str]]) -> list[Node]:
    filters: list[Node] = []
    if len(given) > MAX_VALUES:
        raise BadQuery(f"a search has at most {MAX_VALUES} parameters, this one {len(given)}", 0, given[-1][0])
    for field in KEYWORD_FIELDS:
        either = tuple(Keyword(field, value) for name, value in given if name == field)
        if either:
            filters.append(Some(either) if len(either) > 1 else either[0])
    return filters


def _all(parts: Sequence[Node]) -> Node | None:
    return All(tuple(parts)) if len(parts) > 1 else (parts[0] if parts else None)


def _instant(name: str, value: str) -> datetime | None:
    """A day (its first moment, in UTC) or an instant with its offset."""
    if not value:
        return None
    try:
        if len(value) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(value), time.min, UTC)
        instant = datetime.fromisoformat(value.replace(" ", "+"))  # a plus sign that nobody percent-encoded
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        hint = "a day like 2026-11-22 or a time like 2026-11-22T08:30:00Z"
        raise BadQuery(f"{name} is {hint}, not {value!r}", 0, name) from None


def _sort(value: str, root: Node | None) -> Literal["relevance", "newest", "oldest"]:
    if not value:
        return "relevance" if ranks(root) else "newest"
    for sort in SORTS:
        if value == sort:
            return sort
    raise BadQuery(f"sort is one of {', '.join(SORTS)}, not {value!r}", 0, "sort")


def _size(value: str) -> int:
    if not value:
        return DEFAULT_SIZE
    if not (value.isascii() and value.isdigit() and len(value) < 9 and 1 <= int(value) <= MAX_SIZE):
        raise BadQuery(f"size is a whole number from 1 to {MAX_SIZE}, not {value!r}", 0, "size")
    return int(value)
