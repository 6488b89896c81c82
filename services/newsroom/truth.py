"""The ground truth: what a reader of the sites must have found at an instant."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from services.newsroom.newsroom import Newsroom, SiteState
from services.newsroom.sites import address, linked
from services.newsroom.timeline import Standing
from shared.messages import BLOCK_BREAK
from shared.outcomes import Refusal

State = Literal["live", "teaser", "refused", "withdrawn"]
REFUSED = {"private": Refusal.ROBOTS, "noindex": Refusal.POLICY_NOINDEX}


class Truth(Struct, frozen=True, kw_only=True):
    """One article of the newsroom, as it stands.

    `text` is what the page shows of it, without title and captions, blocks joined as in our messages.
    """

    source: str  # the site's id
    url: str  # its own address
    linked: str  # as the feed gives it: with tracking parameters, or an old address that redirects
    state: State
    reason: str  # of a refused one
    language: str
    title: str
    text: str
    authors: tuple[str, ...]
    published: str  # RFC 3339 with the publisher's offset
    modified: str | None  # the same, of the newest revision after the first
    revision: int  # from 1
    words: tuple[str, ...]  # to search for; each stands in `text`


def _state(one: Standing) -> State:
    if one.withdrawn:
        return "withdrawn"
    if one.article.access in REFUSED:
        return "refused"
    return "teaser" if one.article.access == "teaser" else "live"


def _line(state: SiteState, one: Standing) -> Truth:
    article = one.article
    return Truth(
        source=state.site.id,
        url=address(state.base, state.site, article),
        linked=linked(state.base, state.site, article),
        state=_state(one),
        reason="" if one.withdrawn else REFUSED.get(article.access, ""),
        language=article.language,
        title=one.title,
        text=BLOCK_BREAK.join(block.text for block in one.blocks),
        authors=article.authors,
        published=one.published.isoformat(),
        modified=one.changed.isoformat() if one.revision > 1 else None,
        revision=one.revision,
        words=one.words,
    )


def truth(newsroom: Newsroom, now: datetime) -> list[Truth]:
    """One line for every article that has appeared by `now`, site by site."""
    return [_line(state, one) for state in newsroom.sites for one in state.shown(now).pages.values()]


def jsonl(lines: list[Truth]) -> bytes:
    """The truth as the control port serves it."""
    return msgspec.json.Encoder().encode_lines(lines)
