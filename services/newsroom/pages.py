"""Article pages and front pages as bytes: jinja2 templates, one per site, around our own writing.

A page depends on its article's revision and the seed alone, never on what its neighbours do: what has not changed
answers 304.
"""

import json
import random
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.newsroom.articles import Block
from services.newsroom.sites import Site, address
from services.newsroom.timeline import Standing

HERE = Path(__file__).parent
FURNITURE: dict[str, Any] = tomllib.loads((HERE / "furniture.toml").read_text(encoding="utf-8"))
RIGHT_TO_LEFT = frozenset({"ar", "fa"})
TAGS = {"paragraph": "p", "heading": "h2", "quote": "blockquote"}


def html(block: Block) -> Markup:
    """A block as HTML; stars become emphasis."""
    escaped = str(escape(block.marked)).split("\n")  # as `str`: `re.sub` on Markup escapes what it puts in
    lines = [Markup(re.sub(r"\*(.+?)\*", r"<em>\1</em>", line)) for line in escaped]  # noqa: S704 - escaped above
    if block.kind == "list":
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(line) for line in lines))
    return Markup("<{0}>{1}</{0}>").format(TAGS[block.kind], lines[0])


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["html"] = html
    return environment


TEMPLATES = _environment()


def summary(standing: Standing) -> str:
    """The teaser of feeds and metadata: the first paragraph, cut at 200 characters."""
    text = next(block.text for block in standing.blocks if block.kind == "paragraph")
    return text if len(text) <= 200 else text[:199].rstrip() + "…"


def json_ld(site: Site, base: str, standing: Standing) -> Markup:
    """The article as schema.org NewsArticle, for a `<script>`."""
    article = standing.article
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": address(base, site, article),
        "headline": standing.title,
        "datePublished": standing.published.isoformat(),
        "dateModified": standing.changed.isoformat(),
        "inLanguage": article.language,
        "articleSection": article.section,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name},
        "isAccessibleForFree": article.access != "teaser",
    }
    return Markup(json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704 - no `<` left


def article_page(site: Site, base: str, standing: Standing, neighbours: Sequence[Standing], seed: int) -> bytes:
    """The page of a standing article in its own charset. Letters that the charset lacks become references."""
    article = standing.article
    words = FURNITURE[article.language]
    dice = random.Random(f"{seed} page {article.slug}")  # noqa: S311 - furniture, not secrets
    others = [one for one in neighbours if one.article is not article]
    page = TEMPLATES.get_template(f"{site.id}.html").render(
        site=site,
        base=base,
        url=address(base, site, article),
        article=article,
        standing=standing,
        words=words,
        lang=article.declared_language or article.language,
        direction="rtl" if article.language in RIGHT_TO_LEFT else "ltr",
        consent=FURNITURE[next(code for code in site.consent if code != article.language)],
        summary=summary(standing),
        json_ld=json_ld(site, base, standing),
        link=lambda one: address(base, site, one.article),
        related=dice.sample(others, min(3, len(others))),
        most_read=dice.sample(others, min(5, len(others))),
        comments=dice.sample(words["comments"], 2),
        shares=dice.randrange(3, 900),
        year=standing.published.year,
    )
    return page.encode(article.charset, errors="xmlcharrefreplace")


def front_page(site: Site, base: str, standings: Sequence[Standing]) -> bytes:
    """The list of all articles, newest first."""
    words = FURNITURE[site.language or "en"]
    link = [(address(base, site, one.article), one.title) for one in standings]
    page = TEMPLATES.get_template("front.html").render(site=site, base=base, words=words, links=link)
    return page.encode()


def notice(site: Site, text: str) -> bytes:
    """A page that only says why there is nothing else."""
    return TEMPLATES.get_template("notice.html").render(site=site, text=text).encode()
