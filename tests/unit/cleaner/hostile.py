"""Seventeen shapes of pages that hang parsers or make them lose text in silence, generated."""

import json
from collections.abc import Callable

TEXT = "The council voted on Tuesday to rebuild the ferry pier before the winter storms come to the old harbour. "
STORY = f"<article><h1>Pier</h1>{''.join(f'<p>{TEXT * 2}{n}</p>' for n in range(6))}</article>"


def _page(body: str, head: str = "") -> str:
    return f"<html><head><title>Pier</title>{head}</head><body>{body}</body></html>"


def _nested(tag: str, depth: int) -> str:
    return _page(f"<{tag}>" * depth + TEXT * 5 + f"</{tag}>" * depth)


SHAPES: dict[str, Callable[[], str]] = {
    "div_300_deep": lambda: _page("<div>" * 300 + STORY + "</div>" * 300),
    "div_5k_deep": lambda: _nested("div", 5_000),
    "div_100k_deep": lambda: _nested("div", 100_000),
    "div_1m_deep": lambda: _nested("div", 1_000_000),
    "b_50k_deep": lambda: _nested("b", 50_000),
    "table_3k_deep": lambda: _page("<table><tr><td>" * 3_000 + TEXT + "</td></tr></table>" * 3_000),
    "list_20k_deep": lambda: _page("<ul><li>" * 20_000 + TEXT + "</li></ul>" * 20_000),
    "attributes_200k": lambda: _page("<div " + " ".join(f"a{n}=1" for n in range(200_000)) + f">{STORY}</div>"),
    "attributes_2k": lambda: _page("<div " + " ".join(f"a{n}=1" for n in range(2_000)) + f">{STORY}</div>"),
    "paragraphs_200k": lambda: _page(f"<p>{TEXT[:30]}</p>" * 200_000),
    "links_100k": lambda: _page("".join(f'<a href="/{n}">{TEXT[:24]}</a>' for n in range(100_000))),
    "brackets_3m": lambda: _page("<" * 3_000_000 + STORY),
    "attribute_20mb": lambda: _page(f'<div title="{"x" * 20_000_000}">{STORY}</div>'),
    "text_20mb": lambda: _page(f"<p>{TEXT * 190_000}</p>"),
    "json_ld_20mb": lambda: _page(STORY, f'<script type="application/ld+json">{{"a": "{"x" * 20_000_000}"}}</script>'),
    "json_ld_200k_deep": lambda: _page(STORY, f'<script type="application/ld+json">{"[" * 200_000}</script>'),
    "odd_characters": lambda: _page(STORY.replace("council", "cou\x00n\ud800cil\uffff\x1b")),
}


def lines() -> list[bytes]:
    """Every shape as a line for the filter; a message is valid UTF-8, so lone surrogates are replaced on the way."""
    return [
        json.dumps(
            {"url": f"https://hostile.example/{name}", "content": make().encode(errors="replace").decode()}
        ).encode()
        for name, make in SHAPES.items()
    ]
