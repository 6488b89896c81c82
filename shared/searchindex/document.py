"""What stands in the index for one article."""

from datetime import datetime

from msgspec import Struct

from shared.messages import EnrichedArticle


class Document(Struct, frozen=True, kw_only=True):
    """One article as indexed: what is searched, filtered and sorted, plus the article itself for display."""

    id: str
    revision: int
    generation: int
    withdrawn: bool = False
    url: str = ""
    title: str = ""
    text: str = ""  # without the runs that the tagger marked foreign
    lang: str = "und"
    source: str = ""
    site: str = ""
    country: str = ""
    authors: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    keyphrases: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    agency: str = ""
    time: datetime  # instant published, or first seen where no date is known: what date ranges and sorting use
    day: str = ""  # the publisher's local day, ISO 8601; empty where no date is known
    first_seen_at: datetime
    indexed_month: str  # `2026.11` of first_seen_at: where the document lives
    article: EnrichedArticle
