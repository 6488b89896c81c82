"""Settings of the all-in-one process. Those of the stages inside it apply too."""

from typing import Annotated

from msgspec import Meta, Struct


class LocalSettings(Struct, frozen=True):
    """Read from the environment: `WIREROOM_` and the upper-case field name."""

    host: Annotated[str, Meta(description="Address the search page listens on")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port of the search page, 0 for any free one", ge=0, le=65535)] = 8800
    workers: Annotated[int, Meta(description="Processes that clean, tag and enrich", ge=1, le=256)] = 2
    document_seconds: Annotated[float, Meta(description="Deadline of one document in all middle stages", gt=0)] = 20.0
    worker_memory_mib: Annotated[int, Meta(description="Address space of one worker process, MiB", ge=512)] = 1536
    batch_documents: Annotated[int, Meta(description="Documents in one write to the index, at most", ge=1)] = 200
    newsroom_pace: Annotated[float, Meta(description="Speed of the demo newsroom's timeline", gt=0)] = 1.0
    newsroom_port: Annotated[
        int, Meta(description="First of the ports that the demo newsroom listens on, on loopback", ge=1024, le=65000)
    ] = 8811
