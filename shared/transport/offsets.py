"""What a kafka-python consumer has acknowledged and not yet committed."""

import threading
import time
from collections.abc import Callable, Iterable

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

COMMIT_MILLISECONDS = 5_000
STRANDED_SECONDS = 150.0  # more than a group waits for a member that does not come back
REBALANCING = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class Offsets(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python ships no types
    """Acknowledged from the event loop, committed in the consumer's thread.

    What was read of a partition before it moved away is read again by its next owner, so acknowledgements from before
    count no more, not even when it comes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._era = 0
        self._owned: dict[TopicPartition, int] = {}  # to the era in which it came
        self._next: dict[TopicPartition, int] = {}
        self.joined = False
        self._outside = time.monotonic()  # since when this is no member, or no broker was in reach

    def stranded(self, reachable: bool) -> bool:
        """Whether this has been no member for longer than any group shares out, with a broker in reach all the time.

        kafka-python 3.0.12 sometimes believes that it has joined when it has not, and then never does: the process has
        to end. Called every second or so.
        """
        if self.joined or not reachable:
            self._outside = time.monotonic()
        return time.monotonic() - self._outside > STRANDED_SECONDS

    def acknowledger(self, partition: TopicPartition, offset: int) -> Callable[[], None]:
        """Gives the function that says: everything up to `offset` is safe."""
        era = self._owned.get(partition)

        def acknowledge() -> None:
            with self._lock:
                if era is not None and self._owned.get(partition) == era:
                    self._next[partition] = offset + 1

        return acknowledge

    def owned(self) -> set[int]:
        """The partitions that this member has now."""
        with self._lock:
            return {one.partition for one in self._owned}

    def commit(self, reader: KafkaConsumer) -> None:
        """Commits what was acknowledged since the last time. Where the group or the broker is not there, later.

        Raises:
            KafkaError: the broker refuses, and will again.
        """
        if not self.joined:  # a commit between two polls of a join makes the client begin the join anew, for ever
            return
        with self._lock:
            due, self._next = self._next, {}
        if not due:
            return
        try:
            offsets = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in due.items()}
            reader.commit(offsets, timeout_ms=COMMIT_MILLISECONDS)
        except KafkaError as error:
            if not (isinstance(error, REBALANCING) or error.retriable):
                raise
            structlog.get_logger().warning("commit put off", error=str(error) or type(error).__name__)
            with self._lock:
                self._next = {one: offset for one, offset in due.items() if one in self._owned} | self._next

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called inside `poll` when the group begins to share out anew; most partitions stay where they are."""
        self.joined = False

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Called inside `poll` when the group went on without this member."""
        self._give([])
        self.joined = False

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called inside `poll` when this member knows all that it has; also when that is nothing."""
        self._give(assigned)
        self.joined = True

    def _give(self, partitions: Iterable[TopicPartition]) -> None:
        with self._lock:
            self._era += 1
            self._owned = {one: self._owned.get(one, self._era) for one in partitions}
            self._next = {one: offset for one, offset in self._next.items() if one in self._owned}
