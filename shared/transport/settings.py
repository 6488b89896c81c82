"""Settings that every service on the bus shares."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.settings import refuse_weak
from shared.transport.pool import DOCUMENTS


class TransportSettings(Struct, frozen=True, kw_only=True):
    """Read from `WIREROOM_...` beside the stage's own settings."""

    bootstrap_servers: Annotated[
        tuple[str, ...], Meta(description="Kafka brokers to start from, host:port", min_length=1)
    ] = ("127.0.0.1:9092",)
    kafka_user: Annotated[
        str, Meta(description="our principal, by SCRAM-SHA-512; empty for a broker without a login")
    ] = ""
    kafka_password: Annotated[str, Meta(description="its password; give it as a file")] = ""
    kafka_ca_file: Annotated[
        str, Meta(description="certificates to trust, PEM; TLS towards the broker where it is set")
    ] = ""
    topic_prefix: Annotated[
        str,
        Meta(
            description="before every topic and group name, so that several Wirerooms can share a broker",
            pattern=r"^([a-z0-9][a-z0-9.-]*)?$",
            max_length=100,
        ),
    ] = ""
    runner: Annotated[
        Literal["faust", "kafka-python"], Meta(description="client library of the stages in the middle")
    ] = "faust"
    workers: Annotated[int, Meta(description="processes that work on documents", ge=1, le=256)] = 1
    document_seconds: Annotated[float, Meta(description="deadline of one document in one stage", gt=0)] = 20.0
    worker_memory_mib: Annotated[int, Meta(description="address space of one worker process", ge=256)] = 1024
    worker_documents: Annotated[
        int, Meta(description="documents after which a worker process is replaced: native libraries leak", ge=1)
    ] = DOCUMENTS
    in_flight_messages: Annotated[int, Meta(description="messages under way in one process, at most", ge=1)] = 256
    in_flight_mib: Annotated[int, Meta(description="bytes of the messages under way, at most, MiB", ge=16)] = 64
    session_seconds: Annotated[
        float, Meta(description="after this long without a heartbeat another process takes the partitions", ge=2)
    ] = 15.0
    commit_seconds: Annotated[float, Meta(description="between two commits of offsets", gt=0)] = 1.0
    probe_seconds: Annotated[
        float, Meta(description="first wait of a paused stage before it tries a message again; doubles to 60 s", gt=0)
    ] = 1.0
    metrics_host: Annotated[str, Meta(description="address of /metrics, /healthz and /readyz")] = "127.0.0.1"
    metrics_port: Annotated[int, Meta(description="their port, 0 for any free one", ge=0, le=65535)] = 9100
    traces_url: Annotated[
        str,
        Meta(
            description="where processing spans are sent, OTLP over HTTP (http://host:4318/v1/traces); empty: nowhere; "
            "needs the extra otel",
            pattern="^$|^https?://",
        ),
    ] = ""

    def __post_init__(self) -> None:
        if self.kafka_user:
            refuse_weak("WIREROOM_KAFKA_PASSWORD", self.kafka_password, self.kafka_user)
