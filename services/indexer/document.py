"""From an enriched article to what the search index holds of it."""

from datetime import UTC, date, datetime, time

from shared.messages import EnrichedArticle, PageTime, Segment
from shared.searchindex.document import Document


def document(article: EnrichedArticle) -> Document:
    """The document of an article. A withdrawn one has no content; its document says so and is never found."""
    published = _published(article.published_at, article.first_seen_at)
    return Document(
        id=article.article_id,
        revision=article.revision,
        generation=article.generation,
        withdrawn=article.state == "withdrawn",
        url=article.url,
        title=article.title,
        text=own_language(article.text, article.segments),
        lang=article.lang,
        source=article.source.id,
        site=article.site_name,
        country=article.source.country,
        authors=article.authors,
        entities=tuple(dict.fromkeys(entity.text for entity in article.entities)),
        keyphrases=article.keyphrases,
        topics=article.topics,
        agency=article.dateline.agency if article.dateline else "",
        time=published or article.first_seen_at,
        day=article.published_at[:10] if article.published_at and published else "",
        first_seen_at=article.first_seen_at,
        indexed_month=f"{article.first_seen_at.astimezone(UTC):%Y.%m}",
        article=article,
    )


def own_language(text: str, segments: tuple[Segment, ...]) -> str:
    """The text without its foreign runs: a line of another language is not what the article is about.

    A run leaves a line break behind, so that no words meet that stood apart.
    """
    kept: list[str] = []
    end = 0
    for segment in sorted(segments, key=lambda segment: segment.start):
        if segment.foreign and segment.end > max(end, segment.start):
            kept.append(text[end : max(end, segment.start)].strip())
            end = segment.end
    return "\n\n".join(part for part in (*kept, text[end:].strip()) if part) if end else text


def _published(given: PageTime | None, first_seen_at: datetime) -> datetime | None:
    """The instant of a time that a page gave; None where it gave none, or none of the calendar.

    A bare day becomes the moment it was first seen, kept within that day, and not after noon UTC: noon lies in the day
    wherever on earth it was meant, and an article of today does not stand in the future.
    """
    if not given:
        return None
    try:
        if len(given) > len("2026-11-22"):
            return datetime.fromisoformat(given).astimezone(UTC)
        morning = datetime.combine(date.fromisoformat(given), time(0), UTC)
    except (ValueError, OverflowError):
        return None
    return max(morning, min(first_seen_at, morning.replace(hour=12)))
