"""The architecture in one file, held to its own rules."""

from shared.topology import (
    ENRICHED,
    MAX_REJECTED_BYTES,
    MAX_TOPIC_BYTES,
    MIDDLE,
    PIPELINE,
    PROFILES,
    RAW,
    STAGES,
    TOPICS,
)


def test_each_stage_reads_what_the_one_before_writes():
    for before, after in zip(PIPELINE, PIPELINE[1:], strict=False):
        assert before.writes == after.reads
    assert PIPELINE[0].reads is None
    assert PIPELINE[-1].writes is None
    assert PIPELINE[1:-1] == MIDDLE


def test_one_article_stays_on_one_partition_all_the_way():
    assert len({topic.partitions for topic in TOPICS} | {topic.rejected.partitions for topic in TOPICS}) == 1


def test_the_largest_message_can_be_parked():
    assert MAX_TOPIC_BYTES < MAX_REJECTED_BYTES == RAW.rejected.max_bytes
    assert ENRICHED.rejected.retention_days == 30


def test_what_is_read_beside_is_compacted_and_written_by_one_stage():
    known = {stage.beside for stage in STAGES if stage.beside}
    assert known == {PROFILES}
    assert PROFILES.cleanup == "compact"
    assert [stage.name for stage in STAGES if stage.writes == PROFILES] == ["profiler"]


def test_each_topic_of_articles_has_one_stage_that_parks():
    for topic in TOPICS:
        assert len([stage for stage in STAGES if stage.reads == topic and stage.parks]) == 1
