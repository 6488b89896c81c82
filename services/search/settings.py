"""Settings of the search service."""

from typing import Annotated

from msgspec import Meta, Struct


class SearchSettings(Struct, frozen=True):
    """Read from the environment: `WIREROOM_` and the upper-case field name."""

    host: Annotated[str, Meta(description="Address the search page listens on")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port of the search page, 0 for any free one", ge=0, le=65535)] = 8800
