"""Settings of the search service."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.settings import refuse_weak
from shared.topology import STAGES

METRICS_PORT = 9100  # where a stage serves its metrics unless told otherwise
STAGE = "|".join(stage.name for stage in STAGES)
Process = Annotated[str, Meta(pattern=rf"^({STAGE})=[^\s=]+:[0-9]{{1,5}}$")]


class SearchSettings(Struct, frozen=True):
    """Read from the environment: `WIREROOM_` and the upper-case field name."""

    host: Annotated[str, Meta(description="Address the search page listens on")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port of the search page, 0 for any free one", ge=0, le=65535)] = 8800
    stage_addresses: Annotated[
        tuple[Process, ...],
        Meta(description="Where the stages serve their metrics, for /status: stage=host:port, one for each process"),
    ] = tuple(f"{stage.name}={stage.name}:{METRICS_PORT}" for stage in STAGES)
    stage_seconds: Annotated[float, Meta(description="Between two looks at the stages' metrics", gt=0)] = 5.0
    page_user: Annotated[
        str, Meta(description="Who may read the page and its API; empty: everybody", pattern="^[^:]*$")
    ] = ""
    page_password: Annotated[str, Meta(description="The password; give it as a file")] = ""

    def __post_init__(self) -> None:
        if self.page_user:
            refuse_weak("WIREROOM_PAGE_PASSWORD", self.page_password, self.page_user)
