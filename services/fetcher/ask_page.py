"""One request for a page: an answer that can be used, or why there is none."""

from collections.abc import Mapping

from msgspec import Struct

from services.fetcher.download import Answer, Failed, Limits
from services.fetcher.gates import HOP_PATIENCE, Postponed
from services.fetcher.means import Means
from services.fetcher.origin import origin_of
from services.fetcher.pages import ACCEPT, verdict
from services.fetcher.sources import SourceConfig
from shared.messages import RightsSignal
from shared.outcomes import Refusal


class Nothing(Struct, frozen=True):
    """No page this time."""

    reason: Refusal | None  # None: the server knows no such page
    detail: str
    final: bool  # asking again would be no use
    not_before: float = 0.0  # when the host may be asked again


async def ask_reserved(url: str, source: SourceConfig, means: Means) -> None:
    """Makes sure that we know what the site of `url` reserves, before a page of it is asked for.

    Raises:
        Postponed: the host wants to be left alone.
    """
    if means.settings.tdm_well_known:
        await means.manners.reservations(url, source.delay_seconds, proxy=source.proxy)


async def reserved(answer: Answer, source: SourceConfig, means: Means) -> tuple[RightsSignal, ...]:
    """What the site that answered says about text and data mining for all its pages.

    After a redirect that may be a site never asked before; one that cannot be asked soon enough is not waited for.
    """
    if not means.settings.tdm_well_known:
        return ()
    try:
        return await means.manners.reservations(answer.url, source.delay_seconds, HOP_PATIENCE, source.proxy)
    except Postponed:
        return ()


async def ask_page(url: str, conditions: Mapping[str, str], source: SourceConfig, means: Means) -> Answer | Nothing:
    """Asks for a page with manners.

    Args:
        url: its address.
        conditions: validators; with them, 304 is an answer.
        source: whose delay holds.
        means: the fetcher's surroundings.

    Returns:
        An answer with status 200, 203 or 304, or why there is none.

    Raises:
        Postponed: the host wants to be left alone.
        Elsewhere: it is on a host of another shard, whose article it is.
    """
    settings = means.settings
    limits = Limits(
        wire_bytes=settings.page_wire_bytes,
        decoded_bytes=settings.page_decoded_bytes,
        redirects=settings.page_redirects,
        total_seconds=settings.page_total_seconds,
        connect_seconds=settings.connect_seconds,
    )
    try:
        answer = await means.manners.get(
            url,
            accept=ACCEPT,
            headers=conditions,
            limits=limits,
            delay=source.delay_seconds,
            proxy=source.proxy,
            stay=True,
        )
    except Failed as failed:
        return Nothing(failed.refusal, failed.detail, final=not failed.temporary)
    what = verdict(answer.status)
    if what == "page" or (what == "unchanged" and conditions):
        return answer
    detail = f"status {answer.status}"
    if what == "missing":
        return Nothing(None, detail, final=answer.status == 410)
    rest_until = means.manners.gates.ready_at(origin_of(answer.url)) if what == "busy" else 0.0
    return Nothing(Refusal.HTTP_STATUS, detail, final=what in ("refused", "unchanged"), not_before=rest_until)
