"""Settings of the newsroom. The command line's options have the same names and win."""

from typing import Annotated

from msgspec import Meta, Struct


class NewsroomSettings(Struct, frozen=True, kw_only=True):
    """Read from `WIREROOM_NEWSROOM_...`."""

    newsroom_data: Annotated[str, Meta(description="folder of the anchor file")] = "data/newsroom"
    newsroom_host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    newsroom_public_host: Annotated[str, Meta(description="host name in the URLs it gives; empty: as it listens")] = ""
    newsroom_ports: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=65535)], ...],
        Meta(description="of the four sites, then of the control port; 0 takes any free one"),
    ] = (8811, 8812, 8813, 8814, 8815)
    newsroom_pace: Annotated[
        float, Meta(gt=0, description="speed of the timeline; 1 is the demo, 0.01 a hundred times slower")
    ] = 1.0
    newsroom_seed: Annotated[int, Meta(description="of ages, page furniture and generated text")] = 1
    newsroom_articles: Annotated[
        int, Meta(ge=0, description="how many generated articles to add to the written ones")
    ] = 0
    newsroom_every: Annotated[
        float, Meta(ge=0, description="seconds between two generated articles, at pace 1; 0: all at once")
    ] = 0.0
    newsroom_crawl_delay: Annotated[
        float, Meta(ge=0, description="seconds that each robots.txt asks for; 0 asks for none")
    ] = 0.5
    newsroom_search_url: Annotated[
        str,
        Meta(
            description="scheme, host and port of the search page that the canary asks; empty: no canary",
            pattern="^$|^https?://[^/]+$",
        ),
    ] = ""
    newsroom_search_user: Annotated[str, Meta(description="the canary's login there; empty: none")] = ""
    newsroom_search_password: Annotated[str, Meta(description="its password; give it as a file")] = ""
