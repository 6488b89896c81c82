"""Every setting of the fetcher, with its default and its meaning. Read once, in `__main__`."""

from typing import Annotated

from msgspec import Meta, Struct

MIB = 1 << 20
HOUR, DAY = 3600.0, 86_400.0

VERSION = "0.1.0"
AGENT = "wireroom"  # product token: what robots.txt and robots headers call us


class FetcherSettings(Struct, frozen=True, kw_only=True):
    """Read from `WIREROOM_<NAME>`; see `shared.settings`."""

    data_folder: Annotated[str, Meta(description="folder of the store; on one machine, for all its fetchers")] = (
        "data/fetcher"
    )
    shards: Annotated[
        int,
        Meta(
            ge=1,
            le=256,
            description="parts of the store, by host, that several fetchers can share; once over 1 it stays as it is",
        ),
    ] = 1
    sources_file: Annotated[str, Meta(description="the sources to fetch")] = "sources.toml"
    contact: Annotated[
        str,
        Meta(
            description="address of a page or mailbox about this fetcher; stands in the User-Agent of every request",
            pattern=r"^[\x21-\x27\x2a-\x7e]*$",
        ),
    ] = ""
    allow_addresses: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}$")], ...],
        Meta(description="exact host:port pairs excepted from the address guard; never a range"),
    ] = ()
    generation: Annotated[int, Meta(ge=1, description="generation written into every article")] = 1

    # manners
    delay_seconds: Annotated[
        float, Meta(ge=0, description="between requests to one host that declares no Crawl-delay")
    ] = 5.0
    origins_at_once: Annotated[
        int, Meta(gt=0, description="hosts asked at the same time, one request each; split among the shards")
    ] = 64
    backoff_seconds: Annotated[
        float, Meta(gt=0, description="rest of a host after 429 or 503 without Retry-After; doubles each time")
    ] = 600.0
    retry_after_max_seconds: Annotated[float, Meta(gt=0, description="longest Retry-After that is believed")] = 2 * DAY

    robots_bytes: Annotated[int, Meta(gt=0, description="largest robots.txt; its first 512 KiB are read")] = 2 * MIB
    robots_total_seconds: Annotated[float, Meta(gt=0, description="deadline of one robots.txt request")] = 30.0
    robots_redirects: Annotated[int, Meta(ge=0, description="redirects followed to a robots.txt")] = 5
    connect_seconds: Annotated[float, Meta(gt=0, description="deadline of one connection, TLS included")] = 10.0

    tdm_well_known: Annotated[
        bool, Meta(description="ask each site once a day for /.well-known/tdmrep.json, before its pages")
    ] = True

    # feeds
    interval_min_seconds: Annotated[float, Meta(gt=0, description="shortest time between polls of a feed")] = 900.0
    interval_start_seconds: Annotated[float, Meta(gt=0, description="time between the first polls of a feed")] = HOUR
    interval_max_seconds: Annotated[float, Meta(gt=0, description="longest time between polls of a feed")] = DAY
    feed_wire_bytes: Annotated[int, Meta(gt=0, description="largest feed or sitemap as sent")] = 5 * MIB
    feed_decoded_bytes: Annotated[int, Meta(gt=0, description="largest feed or sitemap after decoding")] = 10 * MIB
    feed_total_seconds: Annotated[float, Meta(gt=0, description="deadline of one feed request, redirects included")] = (
        30.0
    )
    feed_redirects: Annotated[int, Meta(ge=0, description="redirects followed to a feed")] = 5
    feed_entries: Annotated[int, Meta(gt=0, description="entries taken from one feed; the rest is counted")] = 2000
    feed_parse_seconds: Annotated[float, Meta(gt=0, description="deadline of one feed in the parser")] = 6.0
    sitemap_age_seconds: Annotated[
        float, Meta(gt=0, description="pages that a sitemap dates older than this are left out: sitemaps are archives")
    ] = 7 * DAY
    sitemap_children: Annotated[
        int, Meta(ge=0, description="sitemaps followed from one sitemap index, the latest first")
    ] = 20

    # pages
    page_wire_bytes: Annotated[int, Meta(gt=0, description="largest page as sent")] = 5 * MIB
    page_decoded_bytes: Annotated[int, Meta(gt=0, description="largest page after decoding")] = 8 * MIB
    page_total_seconds: Annotated[float, Meta(gt=0, description="deadline of one page request, redirects included")] = (
        30.0
    )
    page_redirects: Annotated[int, Meta(ge=0, description="redirects followed to a page")] = 10
    page_attempts: Annotated[
        int, Meta(gt=0, description="times a page is asked for before its URL is refused; 8 take about 18 hours")
    ] = 8
    page_retry_seconds: Annotated[
        float, Meta(gt=0, description="from the first failed attempt to the second; quadruples after that")
    ] = 60.0
    recheck_seconds: Annotated[
        tuple[float, ...], Meta(description="ages of an article at which it is looked at again")
    ] = (HOUR, 6 * HOUR, DAY, 3 * DAY)
    keep_seconds: Annotated[
        float,
        Meta(gt=30 * DAY, description="age at which an article is forgotten; longer than the index keeps a month"),
    ] = 750 * DAY
    outbox_max: Annotated[int, Meta(gt=0, description="articles waiting to be carried on at which fetching pauses")] = (
        10_000
    )


def user_agent(settings: FetcherSettings) -> str:
    """`wireroom/0.1.0 (+contact)`: who asks, and where to complain."""
    contact = f" (+{settings.contact})" if settings.contact else ""
    return f"{AGENT}/{VERSION}{contact}"
