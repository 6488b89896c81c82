"""Structured logs: one JSON object a line on stderr, one event per article and stage, always the same keys."""

import sys
from typing import TextIO

import structlog

MAX_VALUE = 512  # code points of any remote string in a log line


def _cut(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: value[:MAX_VALUE] if isinstance(value, str) else value for key, value in event.items()}


def configure(stream: TextIO = sys.stderr) -> None:
    """Sets up logging for this process; called once by each `__main__`."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            _cut,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
