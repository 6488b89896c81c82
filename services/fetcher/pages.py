"""A server's answer to a raw article, and what a status means for a page. Pure."""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.fetcher.charset import to_text
from services.fetcher.decode import Undecodable
from services.fetcher.download import Answer
from services.fetcher.freshness import header
from services.fetcher.media import content_type, kind
from services.fetcher.records import ArticleRecord
from services.fetcher.rights import header_signals, robots_values
from services.fetcher.settings import AGENT
from services.fetcher.sources import SourceConfig
from shared.identity import digest
from shared.messages import FeedEntry, Http, RawArticle, RightsSignal
from shared.outcomes import Refusal

ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"

Verdict = Literal["page", "unchanged", "missing", "busy", "trouble", "refused"]


def verdict(status: int) -> Verdict:
    """What an HTTP status says about a page (RFC 9110 15).

    `missing`: the server knows no such page. `busy`: it wants a rest, which concerns the whole host. `trouble`: the
    same request may succeed later. `refused`: it will not.
    """
    if status in (200, 203):
        return "page"
    if status == 304:
        return "unchanged"
    if status in (404, 410):
        return "missing"
    if status in (429, 503):
        return "busy"
    if status in (202, 408, 425) or status >= 500:  # 202: the usual answer of a bot check under load
        return "trouble"
    return "refused"


def validators(record: ArticleRecord) -> dict[str, str]:
    """Request headers that make the next answer conditional: what the server gave, byte for byte, nothing invented."""
    given = {"If-None-Match": record.etag, "If-Modified-Since": record.last_modified}
    return {name: value for name, value in given.items() if value}


def page_text(answer: Answer) -> tuple[Literal["text/html", "text/plain"], str, str]:
    """Media type, text and charset of a page.

    Raises:
        Undecodable: `Refusal.MEDIA_TYPE` for what is no page, `Refusal.CHARSET` for bytes that give no text.
    """
    media_type, declared = content_type(header(answer.headers, "content-type"))
    what = kind(answer.body, media_type)
    if what not in ("html", "text"):
        raise Undecodable(Refusal.MEDIA_TYPE, f"{media_type or 'no media type'}: {what or 'neither HTML nor text'}")
    text, charset = to_text(answer.body, declared)
    return "text/html" if what == "html" else "text/plain", text, charset


def raw_article(
    record: ArticleRecord,
    answer: Answer,
    source: SourceConfig,
    generation: int,
    fetched_at: float,
    reserved: tuple[RightsSignal, ...] = (),
) -> RawArticle:
    """The message for an answer with a page.

    Args:
        record: the article as of this answer: identity, revision, times, feed entry.
        answer: status 200 or 203.
        source: that it came through.
        generation: from the settings.
        fetched_at: Unix seconds.
        reserved: what its site says about all of its pages.

    Raises:
        Undecodable: see `page_text`.
    """
    media_type, text, charset = page_text(answer)
    return RawArticle(
        article_id=record.article_id,
        revision=record.revision,
        generation=generation,
        url=record.url,
        source=source.message(record.channel),
        first_seen_at=instant(record.first_seen_at),
        discovered_at=instant(record.discovered_at),
        fetched_at=instant(fetched_at),
        final_url=answer.url,
        media_type=media_type,
        content=text,
        charset=charset,
        http=Http(
            status=answer.status,
            etag=header(answer.headers, "etag"),
            last_modified=header(answer.headers, "last-modified"),
            content_language=header(answer.headers, "content-language"),
            robots=robots_values(answer.headers),
        ),
        feed_entry=msgspec.json.decode(record.entry, type=FeedEntry) if record.entry else None,
        rights=(*header_signals(answer.headers, AGENT), *reserved),
        content_hash=digest(answer.body),
    )


def withdrawn_article(record: ArticleRecord, source: SourceConfig, generation: int, fetched_at: float) -> RawArticle:
    """The message for an article that is no longer there: its identity and times, no content."""
    return RawArticle(
        article_id=record.article_id,
        revision=record.revision,
        generation=generation,
        url=record.url,
        source=source.message(record.channel),
        state="withdrawn",
        first_seen_at=instant(record.first_seen_at),
        discovered_at=instant(record.discovered_at),
        fetched_at=instant(fetched_at),
        final_url=record.final_url,
    )


def instant(seconds: float) -> datetime:
    """Unix seconds as the messages carry them: aware UTC, to the millisecond."""
    return datetime.fromtimestamp(round(seconds, 3), UTC)
