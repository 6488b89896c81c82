"""Notices that `sources.toml` changed, so that a command or an editor takes effect on a running fetcher."""

from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from services.fetcher.sources import SourceConfig, SourcesError, read_sources
from shared.topology import FETCHER


class SourcesWatch:
    """The sources of a file, read again when it changes.

    Raises:
        SourcesError: the file cannot be used as the fetcher starts.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._stamp()
        self.sources: Sequence[SourceConfig] = read_sources(file)
        self._edition = 0

    def follower(self) -> Callable[[], Sequence[SourceConfig] | None]:
        """A `changed` of its own, for one of several that follow the same file."""
        seen = self._edition

        def changed() -> Sequence[SourceConfig] | None:
            nonlocal seen
            self.changed()
            if seen == self._edition:
                return None
            seen = self._edition
            return self.sources

        return changed

    def changed(self) -> Sequence[SourceConfig] | None:
        """The sources, if the file changed since the last call and can be used; an error in it is logged once."""
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            self.sources = read_sources(self._file)
        except SourcesError as error:
            structlog.get_logger().error("sources", stage=FETCHER.name, outcome="failed", detail=str(error))
            return None
        self._edition += 1
        structlog.get_logger().info("sources", stage=FETCHER.name, outcome="changed", detail=str(len(self.sources)))
        return self.sources

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self._file.stat()
        except OSError:
            return (0, 0, 0)
        return status.st_mtime_ns, status.st_size, status.st_ino
