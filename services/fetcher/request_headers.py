"""A source's own request headers, for feeds that want a key: `Name: value` lines in a file that only we can read."""

import re
from pathlib import Path

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2, token
_VALUE = re.compile(r"[\x20-\x7e\x80-\uffff]*")
# The client's business, and what would make one reader recognisable to another site.
RESERVED = frozenset(
    "host connection content-length transfer-encoding accept-encoding user-agent cookie referer".split()
)


class HeadersError(ValueError):
    """The file cannot be used. The message names it and the line, never a value: values are secrets."""


def read_headers(file: str) -> dict[str, str]:
    """The headers in `file`; none for an empty name. Blank lines and lines that start with `#` are skipped.

    Raises:
        HeadersError: the file cannot be read, or a line is no header or one that is not for sources to set.
    """
    if not file:
        return {}
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise HeadersError(f"{file}: cannot be read ({reason})") from None
    headers = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name.strip()) or not _VALUE.fullmatch(value.strip()):
            raise HeadersError(f"{file}:{number}: no header. Write it as Name: value.")
        if name.strip().lower() in RESERVED:
            raise HeadersError(f"{file}:{number}: {name.strip()} is not for a source to set. Remove it.")
        headers[name.strip()] = value.strip()
    return headers
