"""How much of each host is remembered, and from when on something counts as the host's own."""

from typing import Annotated

from msgspec import Meta, Struct


class ProfilerSettings(Struct, frozen=True, kw_only=True):
    """Read from `WIREROOM_<NAME>`; see `shared.settings`. All profilers of a system must have the same."""

    data_folder: Annotated[str, Meta(description="folder of the store; one profiler process at a time")] = (
        "data/profiler"
    )
    profile_hosts: Annotated[
        int, Meta(description="hosts remembered; the one without news for longest is forgotten first", gt=0)
    ] = 10_000
    profile_articles: Annotated[
        int, Meta(description="newest articles of a host that its profile is made from", gt=0)
    ] = 100
    profile_article_lines: Annotated[
        int, Meta(description="lines of one article that are remembered (as digests), at most", gt=0)
    ] = 200
    profile_lines: Annotated[int, Meta(description="recurring lines of a host in its profile, at most", gt=0)] = 100
    profile_titles: Annotated[int, Meta(description="titles of a host in its profile: the newest", ge=0)] = 200
    profile_brands: Annotated[int, Meta(description="brand names of a host in its profile, at most", ge=0)] = 10
    recurring_articles: Annotated[
        int, Meta(description="articles of a host that a line must stand in before it counts as recurring", ge=2)
    ] = 3
    recurring_share: Annotated[
        float, Meta(description="and the share of the host's remembered articles", ge=0, le=1)
    ] = 0.05
    profile_seconds: Annotated[float, Meta(description="between two rounds of publishing what changed", gt=0)] = 10.0
