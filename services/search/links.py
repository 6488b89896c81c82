"""Addresses of this server's own pages: the search at hand with one thing added, taken away or changed."""

from collections.abc import Sequence
from urllib.parse import urlencode

Params = Sequence[tuple[str, str]]


def _address(path: str, params: Params) -> str:
    given = [(name, value) for name, value in params if value]
    return f"{path}?{urlencode(given)}" if given else path


def _fresh(params: Params) -> list[tuple[str, str]]:
    """Without the cursor: another search starts on its first page."""
    return [(name, value) for name, value in params if name != "cursor"]


def adding(path: str, params: Params, name: str, value: str) -> str:
    """The same search narrowed by one more value."""
    return _address(path, [*_fresh(params), (name, value)])


def removing(path: str, params: Params, name: str, value: str) -> str:
    """The same search without one value."""
    return _address(path, [pair for pair in _fresh(params) if pair != (name, value)])


def setting(path: str, params: Params, name: str, value: str) -> str:
    """The same search with `name` set to this value alone; an empty value takes it away."""
    return _address(path, [*(pair for pair in _fresh(params) if pair[0] != name), (name, value)])
