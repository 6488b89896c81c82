"""JSON-LD of a page: read within limits, flattened, and the one object that describes this article.

Vocabulary: https://schema.org/Article. Pages wrap it in arrays, `@graph` and `mainEntity`, and break JSON in a few
common ways (comments around it, a trailing semicolon or comma, raw line breaks in strings), which are repaired.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]
_WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting|DiscussionForumPosting)$")
_NEWS = re.compile(r"(?:NewsArticle|LiveBlogPosting)$")
_AROUND = re.compile(
    r"^[^\[{]*(?:<!--|CDATA\[)[^\[{]*|[^\]}]*$"
)  # what stands before the first and after the last bracket
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in _BRACKETS.finditer(text):
        match mark.group()[0]:
            case "[" | "{":
                depth += 1
                deepest = max(deepest, depth)
            case "]" | "}":
                depth -= 1
    return deepest


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_TRAILING_COMMA.sub("", _AROUND.sub("", text)), strict=False)


def _flat(value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, dict):
        yield value
        for key in _WRAPPERS:
            if isinstance(value.get(key), dict | list):
                yield from _flat(value[key])


def read(scripts: Iterable[str], max_chars: int, max_depth: int) -> tuple[tuple[Node, ...], int]:
    """All objects of the given script texts, flattened, in page order, and how many scripts could not be read."""
    nodes: list[Node] = []
    unread = 0
    for text in scripts:
        if not text.strip():
            continue
        if len(text) > max_chars or (text.count("[") + text.count("{") > max_depth and _depth(text) > max_depth):
            unread += 1
            continue
        try:
            nodes.extend(_flat(_loads(text)))
        except (ValueError, RecursionError):
            unread += 1
    return tuple(nodes), unread


def types(node: Node) -> tuple[str, ...]:
    """The types of an object without their vocabulary address."""
    given = node.get("@type")
    return tuple(str(name).rsplit("/", 1)[-1] for name in (given if isinstance(given, list) else [given]) if name)


def is_article(node: Node) -> bool:
    """Whether the object claims to be a text of its own."""
    return any(_ARTICLE.search(name) for name in types(node))


def is_news(node: Node) -> bool:
    """Whether the object claims to be news."""
    return any(_NEWS.search(name) for name in types(node))


def text(value: Any) -> str:
    """A text value, entities resolved: pages escape them a second time inside JSON."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return html.unescape(value).strip() if isinstance(value, str) else ""


def address(value: Any) -> str:
    """A URL value: text, or the `url`, `contentUrl` or `@id` of an object or of the first in a list."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id") or ""
        return address(value)
    return value.strip() if isinstance(value, str) else ""


def each(value: Any) -> list[Any]:
    """A value that may be one, many or absent, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
