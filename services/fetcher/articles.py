"""One request for one article: the first one, and the looks again that find edits and withdrawals."""

from collections.abc import Sequence

from msgspec.structs import replace

from services.fetcher import events
from services.fetcher.ask_page import Nothing, ask_page, ask_reserved, reserved
from services.fetcher.decode import Undecodable
from services.fetcher.download import Answer, Elsewhere
from services.fetcher.freshness import header
from services.fetcher.means import Means
from services.fetcher.pages import instant, raw_article, validators, withdrawn_article
from services.fetcher.records import ArticleRecord, Job, UrlRecord
from services.fetcher.schedule import next_look, retry_due
from services.fetcher.sources import SourceConfig
from shared import codec
from shared.identity import article_id, digest, next_revision
from shared.messages import RightsSignal
from shared.outcomes import Refusal
from shared.topology import MAX_MESSAGE_BYTES

Rights = tuple[RightsSignal, ...]  # that the site states for all its pages
MISSES = 2  # looks in a row that must find nothing before an article counts as withdrawn
MISS_SECONDS = 3600.0  # from the first of them to the second, where no age says when articles are looked at
PAUSED_SECONDS = 600.0  # from one look at a page of a paused source to the next
PERMANENT = (301, 308)  # RFC 9110 15.4


async def fetch(job: Job, means: Means) -> list[str]:
    """Asks for an open URL and stores its fate, or when to ask once more.

    Returns:
        The addresses that something is to be asked of later.

    Raises:
        Postponed: the host wants to be left alone.
    """
    store, started = means.store, means.clock.now()
    url = store.url(job.key)
    if url is None:
        raise LookupError(f"queued and not known: {job.key}")
    source = store.source(url.source_id)
    if source.paused:
        store.put_off(job, started + PAUSED_SECONDS)
        return []
    if not store.claim(job, started + means.settings.page_total_seconds):
        return []
    await ask_reserved(url.url, source, means)
    try:
        answer = await ask_page(url.url, {}, source, means)
    except Elsewhere as away:
        return _led_away(url, away, started, means)
    rights = await reserved(answer, source, means) if isinstance(answer, Answer) else ()
    try:
        if isinstance(answer, Answer):
            return _arrived(url, answer, source, started, means, rights)
    except Undecodable as unreadable:
        answer = Nothing(unreadable.refusal, unreadable.detail, final=True)
    _unanswered(url, answer, started, means)
    return []


async def look(job: Job, means: Means) -> list[str]:
    """Asks again for an article that was fetched, and stores what is new: an edit, its withdrawal, or nothing.

    Returns:
        The addresses that something is to be asked of later.

    Raises:
        Postponed: the host wants to be left alone.
    """
    store, started = means.store, means.clock.now()
    article = store.article(job.key)
    if article is None:
        raise LookupError(f"queued and not known: {job.key}")
    source = store.source(article.source_id)
    if source.paused:
        store.put_off(job, started + PAUSED_SECONDS)
        return []
    if not store.claim(job, started + means.settings.page_total_seconds):
        return []
    conditions = validators(article) if article.state == "live" else {}
    await ask_reserved(article.final_url, source, means)
    try:
        answer = await ask_page(article.final_url, conditions, source, means)
    except Elsewhere as away:
        return _missed(article, away, source, started, means)
    rights = await reserved(answer, source, means) if isinstance(answer, Answer) else ()
    if isinstance(answer, Nothing) and answer.reason is None:
        return _missed(article, None, source, started, means)
    if isinstance(answer, Answer) and answer.status != 304 and article_id(answer.url) != article.article_id:
        return _missed(article, answer, source, started, means)
    message, detail = None, ""
    try:
        if isinstance(answer, Answer):
            article, message = _as_of(article, answer, source, means, rights)
        else:  # the article stands as it is; the next look may succeed
            detail = answer.detail
    except Undecodable as unreadable:
        detail = unreadable.detail
    store.save_article(article, _look_at(article, source, means), message)
    outcome = "fetched" if message else "failed" if detail else "unchanged"
    events.page(outcome, article.final_url, means.clock.now() - started, detail=detail, article=article)
    return [article.final_url]


def _unanswered(url: UrlRecord, nothing: Nothing, started: float, means: Means) -> None:
    """The URL stays open until its attempts are used up; then it is refused, or gone."""
    now, settings = means.clock.now(), means.settings
    url = replace(url, attempts=url.attempts + 1, detail=nothing.detail)
    if not nothing.final and url.attempts < settings.page_attempts:
        due_at = retry_due(url.key, now, url.attempts, settings.page_retry_seconds)
        means.store.save_url(url, max(due_at, nothing.not_before))
        events.page("failed", url.url, now - started, reason=nothing.reason, detail=nothing.detail)
        return
    url = replace(url, fate="refused" if nothing.reason else "gone", reason=str(nothing.reason or ""))
    means.store.save_url(url, None)
    events.page(url.fate, url.url, now - started, reason=nothing.reason, detail=nothing.detail)


def _led_away(url: UrlRecord, away: Elsewhere, started: float, means: Means) -> list[str]:
    """A redirect to the host of another shard: what is there is an address of its own, and that shard asks it."""
    hops = url.hops + len(away.hops)
    if hops > means.settings.page_redirects:
        _unanswered(url, Nothing(Refusal.REDIRECTS, f"more than {means.settings.page_redirects}", True), started, means)
        return []
    led_to = replace(url, key=article_id(away.url), url=away.url, hops=hops, attempts=0, detail="")
    means.store.save_url(replace(url, fate="redirected", detail="", target=led_to.key), None, led_to)
    events.page("redirected", url.url, means.clock.now() - started)
    return []


def _arrived(
    url: UrlRecord, answer: Answer, source: SourceConfig, started: float, means: Means, rights: Rights
) -> list[str]:
    """A page for an open URL. The article is what it redirected to, and that may be one we have."""
    store, now = means.store, means.clock.now()
    key = article_id(answer.url)
    record = store.article(key) or ArticleRecord(
        article_id=key,
        url=url.url,
        final_url=answer.url,
        source_id=url.source_id,
        channel=url.channel,
        entry=url.entry,
        revision=0,
        content_hash="",
        first_seen_at=now,
        discovered_at=url.discovered_at,
    )
    record, message = _as_of(record, answer, source, means, rights)
    arrived = store.url(key) or replace(url, key=key, url=answer.url)
    urls = [replace(arrived, fate="fetched", reason="", detail="", target="")]
    if key != url.key:
        urls.append(replace(url, fate="redirected", target=key))
        events.page("redirected", url.url, now - started, article=record)
    store.save_article(record, _look_at(record, source, means), message, urls)
    events.page("fetched" if message else "unchanged", answer.url, now - started, article=record)
    return [record.final_url]


def _missed(
    article: ArticleRecord, elsewhere: Answer | Elsewhere | None, source: SourceConfig, started: float, means: Means
) -> list[str]:
    """A look that found nothing there, or was sent to another address: the second in a row withdraws the article.

    Where it was sent to for good is an article of its own, to be fetched if it is new.
    """
    store, now = means.store, means.clock.now()
    detail = f"sent to {elsewhere.url}" if elsewhere else "not found"
    moved = _moved(article, elsewhere, now) if elsewhere else None
    urls = [moved] if moved and store.url(moved.key) is None else []
    missed = replace(article, misses=article.misses + 1, missed_at=now)
    look_at, message = _look_at(missed, source, means), None
    if article.state == "live" and missed.misses < MISSES:
        look_at = now + min(_ages(source, means), default=MISS_SECONDS)
    elif article.state == "live":
        missed = replace(missed, state="withdrawn", revision=next_revision(instant(now), article.revision))
        message = codec.encode(withdrawn_article(missed, source, means.settings.generation, now))
        if known := store.url(article.article_id):
            fate = replace(known, fate="redirected" if moved else "gone", target=moved.key if moved else "")
            urls.append(replace(fate, detail=detail))
    store.save_article(missed, look_at, message, urls)
    outcome = "withdrawn" if message else "failed"
    events.page(outcome, article.final_url, now - started, detail=detail, article=missed)
    return [article.final_url, *(url.url for url in urls)]


def _moved(article: ArticleRecord, answer: Answer | Elsewhere, now: float) -> UrlRecord | None:
    """The address that an article has moved to for good, as one to fetch."""
    if not all(hop.status in PERMANENT for hop in answer.hops):
        return None
    return UrlRecord(
        key=article_id(answer.url),
        url=answer.url,
        source_id=article.source_id,
        channel=article.channel,
        entry=article.entry,
        discovered_at=now,
    )


def _as_of(
    record: ArticleRecord, answer: Answer, source: SourceConfig, means: Means, rights: Rights
) -> tuple[ArticleRecord, bytes | None]:
    """The article as of an answer (200, 203 or 304), and the message if that is news: not for the same bytes.

    Raises:
        Undecodable: the answer is no readable page, or too large for a message.
    """
    now = means.clock.now()
    etag, last_modified = header(answer.headers, "etag"), header(answer.headers, "last-modified")
    if answer.status == 304:  # repeats only what has changed
        etag, last_modified = etag or record.etag, last_modified or record.last_modified
    seen = replace(
        record, final_url=answer.url, etag=etag, last_modified=last_modified, state="live", misses=0, missed_at=None
    )
    content_hash = digest(answer.body)
    if answer.status == 304 or (record.state == "live" and record.content_hash == content_hash):
        return seen, None
    seen = replace(seen, content_hash=content_hash, revision=next_revision(instant(now), record.revision))
    message = codec.encode(raw_article(seen, answer, source, means.settings.generation, now, rights))
    if len(message) > MAX_MESSAGE_BYTES:
        raise Undecodable(Refusal.TOO_LARGE, f"{len(message)} bytes as a message, the limit is {MAX_MESSAGE_BYTES}")
    return seen, message


def _ages(source: SourceConfig, means: Means) -> Sequence[float]:
    return means.settings.recheck_seconds if source.recheck_seconds is None else source.recheck_seconds


def _look_at(article: ArticleRecord, source: SourceConfig, means: Means) -> float | None:
    return next_look(article.first_seen_at, means.clock.now(), _ages(source, means))
