"""The one JSON-LD object that describes this page's article, told from teasers of others."""

from urllib.parse import unquote, urlsplit

from services.cleaner import jsonld
from shared.fold import fold, overlap

SAME_TITLE = 0.6  # share of words


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path).rstrip("/").lower()
    except ValueError:
        return ""


def choose(nodes: tuple[jsonld.Node, ...], addresses: tuple[str, ...], titles: tuple[str, ...]) -> jsonld.Node | None:
    """The Article-typed object that matches the page's addresses or titles best, None where none matches.

    A lone one that says nothing to compare is taken at its word.
    """
    articles = [node for node in nodes if jsonld.is_article(node)]
    paths = {_path(address) for address in addresses} - {""}
    folded = [fold(title) for title in titles if title]

    def score(node: jsonld.Node) -> float:
        own = {_path(jsonld.address(node.get(key))) for key in ("url", "mainEntityOfPage", "@id")} - {""}
        headline = fold(jsonld.text(node.get("headline")) or jsonld.text(node.get("name")))
        same_title = max((overlap(headline, title) for title in folded), default=0.0) if headline else 0.0
        return 2.0 * bool(own & paths) + same_title + 0.1 * jsonld.is_news(node) + 0.2 * bool(node.get("datePublished"))

    best = max(articles, key=score, default=None)
    if best is None:
        return None
    return best if len(articles) == 1 or score(best) >= SAME_TITLE else None
