"""Which stage reads and writes which topic: the architecture in one file.

Topic creation, the README diagram, AsyncAPI, the compose check and the in-process run are all derived from here.
`python -m shared.topology` prints the diagram.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shared.messages import CleanArticle, EnrichedArticle, HostProfile, RawArticle, TaggedArticle

PARTITIONS = 12  # the same on every article topic, so that one article stays in order; changing it is refused
MIB = 1 << 20
MAX_MESSAGE_BYTES = 8 * MIB  # a larger encoded message is `too_large`
MAX_TOPIC_BYTES = 9 * MIB  # what topics and clients allow: a legal message with its headers
MAX_REJECTED_BYTES = 10 * MIB  # so that the largest legal message can be parked with its reasons


@dataclass(frozen=True)
class Topic:
    """A Kafka topic and the message on it. Retention in days."""

    name: str
    message: type[Any]  # an `Article`; on a compacted topic what is known, by key
    retention_days: int = 7
    max_bytes: int = MAX_TOPIC_BYTES
    cleanup: Literal["delete", "compact"] = "delete"
    partitions: int = PARTITIONS

    @property
    def rejected(self) -> "Topic":
        """Where messages of this topic are parked: same message, byte for byte, reasons in the headers."""
        return Topic(f"{self.name}.rejected", self.message, 30, MAX_REJECTED_BYTES)


@dataclass(frozen=True)
class Stage:
    """One service of the pipeline: its name is its folder, extra, container, consumer group and metric label."""

    name: str
    reads: Topic | None
    writes: Topic | None
    does: str
    client: Literal["producer", "faust", "consumer"]
    beside: Topic | None = None  # a compacted topic that each of its processes reads whole: state is input
    parks: bool = True  # what it declines; False where another reader of the same topic does that


RAW = Topic("article.raw.v1", RawArticle, retention_days=3)
CLEAN = Topic("article.clean.v1", CleanArticle)
TAGGED = Topic("article.tagged.v1", TaggedArticle)
ENRICHED = Topic("article.enriched.v1", EnrichedArticle)
TOPICS = (RAW, CLEAN, TAGGED, ENRICHED)  # of articles, in the order they meet them
PROFILES = Topic("host.profile.v1", HostProfile, max_bytes=MIB, cleanup="compact", partitions=1)

FETCHER = Stage("fetcher", None, RAW, "discovers and downloads, politely and safely", "producer")
CLEANER = Stage("cleaner", RAW, CLEAN, "page to readable text and metadata", "faust", beside=PROFILES)
TAGGER = Stage("tagger", CLEAN, TAGGED, "language and script, document and block", "faust")
ENRICHER = Stage("enricher", TAGGED, ENRICHED, "entities, dateline, keyphrases, topics", "faust", beside=PROFILES)
INDEXER = Stage("indexer", ENRICHED, None, "bulk, idempotent sink into search", "consumer")
PIPELINE = (FETCHER, CLEANER, TAGGER, ENRICHER, INDEXER)
MIDDLE = (CLEANER, TAGGER, ENRICHER)
PROFILER = Stage(
    "profiler", ENRICHED, PROFILES, "what the articles of each host have in common", "consumer", parks=False
)
STAGES = (*PIPELINE, PROFILER)  # with what stands beside the way of an article


def mermaid() -> str:
    """All stages as a Mermaid flowchart."""
    lines = ["flowchart LR"]
    for stage in STAGES:
        if stage.reads:
            lines.append(f"    {stage.reads.name}([{stage.reads.name}]) --> {stage.name}")
        if stage.beside:
            lines.append(f"    {stage.beside.name}([{stage.beside.name}]) --> {stage.name}")
        if stage.reads and stage.parks:
            lines.append(f"    {stage.name} -.-> {stage.reads.rejected.name}([{stage.reads.rejected.name}])")
        if stage.writes:
            lines.append(f"    {stage.name} --> {stage.writes.name}([{stage.writes.name}])")
    lines.append("    indexer --> index[(search index)] --> search")
    return "\n".join(lines)


if __name__ == "__main__":
    print(mermaid())
