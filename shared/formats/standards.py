"""The standard formats by the names that people choose them by."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import ninjs
from shared.messages import EnrichedArticle

STANDARDS: Mapping[str, Callable[[EnrichedArticle], dict[str, Any]]] = {"ninjs": ninjs, "newsarticle": newsarticle}


def written(article: EnrichedArticle, standard: str) -> bytes:
    """The article in one of STANDARDS as JSON on one line, without the line break."""
    return msgspec.json.encode(STANDARDS[standard](article))
