"""Structured logs: one JSON object a line on stderr, one event per article and stage, always the same keys.

What libraries log goes the same way, from warnings up, so that every line of a service can be read as JSON.
"""

import logging
import re
import sys
from typing import TextIO

import structlog

MAX_VALUE = 512  # code points of any remote string in a log line
MAX_TRACEBACK = 8192  # code points of a traceback: its end says what went wrong
# JSON lets these stand: some readers end a line there, terminals obey the C1 controls, and no encoding has surrogates.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _plain(key: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    return _UNPRINTABLE.sub("\ufffd", value[-MAX_TRACEBACK:] if key == "exception" else value[:MAX_VALUE])


def _remote(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _plain(key, value) for key, value in event.items()}


def configure(stream: TextIO = sys.stderr) -> None:
    """Sets up logging for this process; called once by each `__main__`."""
    facts: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    line: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        _remote,
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False),
    ]
    structlog.configure(
        processors=[*facts, *line],
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    libraries = logging.StreamHandler(stream)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *facts],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *line],
        )
    )
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)
