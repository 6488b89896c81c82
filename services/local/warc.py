"""Pages of a WARC file (ISO 28500): responses, resources and conversions that hold HTML or plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from shared.messages import Http

PAGES = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True)
class Page:
    """One record: `body` without transfer or content encoding, `when` in UTC."""

    url: str
    when: datetime
    media_type: str
    charset: str
    body: bytes
    http: Http


def read_warc(stream: IO[bytes]) -> Iterator[Page]:
    """The pages in the order of the file; other records are passed over."""
    wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    for record in ArchiveIterator(stream, record_types=wanted, parse_http=True, auto_decode="all"):
        headers = record.http_headers
        given: dict[str, str] = {name.lower(): value for name, value in headers.astuples()} if headers else {}
        declared = given.get("content-type", "") if headers else record.headers.get("Content-Type") or ""
        media_type = declared.split(";")[0].strip().lower()
        if media_type not in PAGES:
            continue
        if headers and headers.status_code != 200:
            continue
        yield Page(
            url=(record.headers.get("WARC-Target-URI") or "").strip("<>"),
            when=_date(record.record_date),
            media_type="text/plain" if media_type == "text/plain" else "text/html",
            charset=(record.http_charset or "") if headers else "",
            body=record.reader.read(),
            http=Http(
                status=200,
                etag=given.get("etag", ""),
                last_modified=given.get("last-modified", ""),
                content_language=given.get("content-language", ""),
                robots=tuple(given[name] for name in ("x-robots-tag", "robots-tag") if name in given),
            ),
        )


def _date(given: datetime | None) -> datetime:
    if given is None:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
