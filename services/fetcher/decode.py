"""Content-Encoding undone within bounds: a body of a kilobyte may claim to be a gigabyte.

Every decoder works in small pieces, so that what is over a cap is refused before it is built. Chained codings are
refused: no honest news server compresses twice. Bytes after the end of a gzip or deflate stream are ignored, as
browsers do, because stray output of a server's scripts ends up there.
"""

import zlib
from collections.abc import Iterator

import brotli
import zstandard

from shared.outcomes import Refusal

PIECE = 64 * 1024  # bytes, in and out at a time
MEMBERS = 16  # gzip members or zstd frames in one body (RFC 1952 2.2, RFC 8878 3)
RATIO, RATIO_FROM = 200, 1 << 20  # decoded over encoded, looked at from 1 MiB on; real pages stay under 30
WINDOW = 8 << 20  # bytes of zstd window that RFC 9659 lets a server ask of us
# A zstd block of 4 bytes can stand for 128 KiB: so many bytes in at a time yield at most 8 MiB at once.
ZSTD_PIECE = 256


class Undecodable(Exception):
    """Bytes that cannot be decoded within our bounds. `detail` is one line for people."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(f"{refusal}: {detail}")
        self.refusal = refusal
        self.detail = detail


def _inflate(body: bytes, window_bits: int, magic: bytes = b"") -> Iterator[bytes]:
    at = members = 0
    while not members or (magic and body.startswith(magic, at)):
        members += 1
        if members > MEMBERS:
            raise Undecodable(Refusal.TOO_LARGE, f"more than {MEMBERS} gzip members")
        stream = zlib.decompressobj(window_bits)
        while not stream.eof:
            piece = body[at : at + PIECE]
            decoded = stream.decompress(piece, PIECE)
            at += len(piece) - len(stream.unconsumed_tail) - len(stream.unused_data)
            if not piece and not decoded:
                raise Undecodable(Refusal.ENCODING, "the compressed body ends too early")
            yield decoded


def _gunzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, 16 + zlib.MAX_WBITS, magic=b"\x1f\x8b")


def _deflate(body: bytes) -> Iterator[bytes]:
    """RFC 9110 8.4.1.2 means the zlib format; some servers send the bare stream."""
    zlib_header = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _unbrotli(body: bytes) -> Iterator[bytes]:
    stream, at = brotli.Decompressor(), 0
    while not stream.is_finished():
        piece = body[at : at + PIECE] if stream.can_accept_more_data() else b""
        decoded = stream.process(piece, output_buffer_limit=PIECE)
        at += len(piece)
        if not piece and not decoded:
            raise Undecodable(Refusal.ENCODING, "the compressed body ends too early")
        yield decoded


def _unzstd(body: bytes) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    at = frames = 0
    while at < len(body):
        frames += 1
        if frames > MEMBERS:
            raise Undecodable(Refusal.TOO_LARGE, f"more than {MEMBERS} zstd frames")
        stream = decompressor.decompressobj()
        while not stream.eof:
            piece = body[at : at + ZSTD_PIECE]
            if not piece:
                raise Undecodable(Refusal.ENCODING, "the compressed body ends too early")
            yield stream.decompress(piece)
            at += len(piece) - len(stream.unused_data)


DECODERS = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _deflate, "br": _unbrotli, "zstd": _unzstd}


def decode(body: bytes, content_encoding: str, limit: int) -> bytes:
    """The body with its Content-Encoding undone.

    Args:
        body: bytes as received.
        content_encoding: the header's value, all its lines joined by commas; empty when there is none.
        limit: most bytes that may come out.

    Raises:
        Undecodable: `Refusal.ENCODING` for a coding that is unknown, chained or broken, `Refusal.TOO_LARGE` beyond the
            limit, beyond 200 bytes out for one in (from 1 MiB on), or beyond 16 members.
    """
    codings = [coding.strip().lower() for coding in content_encoding.split(",") if coding.strip()]
    if len(codings) > 1:
        raise Undecodable(Refusal.ENCODING, f"chained codings {content_encoding[:80]!r}")
    if len(body) > limit:
        raise Undecodable(Refusal.TOO_LARGE, f"over {limit} bytes")
    if not body or not codings or codings[0] == "identity":
        return body
    if codings[0] not in DECODERS:
        raise Undecodable(Refusal.ENCODING, f"unknown coding {codings[0][:80]!r}")
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in DECODERS[codings[0]](body):
            size += len(piece)
            if size > limit:
                raise Undecodable(Refusal.TOO_LARGE, f"over {limit} bytes when decoded")
            if size > RATIO_FROM and size > RATIO * len(body):
                raise Undecodable(Refusal.TOO_LARGE, f"decodes to over {RATIO} times its size")
            pieces.append(piece)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise Undecodable(Refusal.ENCODING, f"broken {codings[0]}: {error}") from None
    return b"".join(pieces)
