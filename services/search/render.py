"""Templates to answers. Everything that comes from an article is escaped; there is no way around it in a template."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.search import names, times
from services.search.formats import web_link
from services.search.pieces import highlighted, laid_out
from shared.searchindex.query import KEYWORD_FIELDS


def _percent(share: float) -> str:
    return f"{share:.0%}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {
    "country_name": names.country_name,
    "direction": names.direction,
    "highlighted": highlighted,
    "html_lang": names.html_lang,
    "instant": times.instant,
    "keyword_fields": KEYWORD_FIELDS,
    "laid_out": laid_out,
    "language_name": names.language_name,
    "page": "",
    "page_time": times.page_time,
    "percent": _percent,
    "span": times.span,
    "web_link": web_link,
}


def render(template: str, status_code: int = 200, **facts: Any) -> HTMLResponse:
    """A page from a file of `templates/`."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(facts), status_code)
