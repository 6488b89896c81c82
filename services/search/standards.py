"""A page of results in the standards of the trade. Plain functions from results to bytes."""

import msgspec

from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import ninjs
from shared.searchindex.query import Results


def as_ninjs(results: Results, next_page: str) -> bytes:
    """`{"total", "items", "cursor", "next"}`, each item a ninjs object: ninjs defines items and leaves lists to APIs.

    Args:
        results: one page.
        next_page: the address of the next page, empty on the last one.
    """
    items = [ninjs(hit.document.article) for hit in results.hits]
    return msgspec.json.encode({"total": results.total, "items": items, "cursor": results.cursor, "next": next_page})


def as_newsarticle(results: Results) -> bytes:
    """A schema.org ItemList (https://schema.org/ItemList); `numberOfItems` is of the whole list, as it says there."""
    return msgspec.json.encode(
        {
            "@context": "https://schema.org",
            "@type": "ItemList",
            "numberOfItems": results.total,
            "itemListElement": [newsarticle(hit.document.article) for hit in results.hits],
        }
    )
