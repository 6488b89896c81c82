"""Content-Encoding: what comes out equals what went in, and nothing that explodes gets out at all."""

import gzip
import os
import subprocess
import sys
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.decode import Undecodable, decode
from shared.outcomes import Refusal

MIB = 1 << 20
LIMIT = 10 * MIB


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


ENCODERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def repeated(stream, mib: int) -> bytes:
    """So many MiB of zeros compressed piece by piece, so that the test itself stays small."""
    return b"".join([*(stream.compress(bytes(MIB)) for _ in range(mib)), stream.flush()])


def brotli_of_zeros(mib: int) -> bytes:
    stream = brotli.Compressor(quality=1)
    return b"".join([*(stream.process(bytes(MIB)) for _ in range(mib)), stream.finish()])


def zstd_with_window(log: int) -> bytes:
    parameters = zstandard.ZstdCompressionParameters(window_log=log, strategy=1)
    return repeated(zstandard.ZstdCompressor(compression_params=parameters).compressobj(), 4)


@pytest.mark.parametrize("coding", ENCODERS)
@given(data=st.binary(max_size=2000), times=st.integers(1, 200))
def test_every_coding_gives_back_what_went_in(coding, data, times):
    assert decode(ENCODERS[coding](data * times), coding, LIMIT) == data * times


def test_servers_that_send_deflate_without_its_header():
    assert decode(raw_deflate(b"news " * 1000), "deflate", LIMIT) == b"news " * 1000


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_incompressible_bodies_of_many_pieces(coding):
    body = os.urandom(300_000)
    assert decode(ENCODERS[coding](body), coding, LIMIT) == body


@pytest.mark.parametrize(
    ("body", "coding", "refusal"),
    [
        (gzip.compress(gzip.compress(b"news", mtime=0), mtime=0), "gzip, gzip", Refusal.ENCODING),
        (gzip.compress(b"news", mtime=0), "identity,gzip", Refusal.ENCODING),
        (b"news", "compress", Refusal.ENCODING),
        (b"news", "utf-8", Refusal.ENCODING),
        (b"news, not gzip", "gzip", Refusal.ENCODING),
        (b"news, not brotli", "br", Refusal.ENCODING),
        (b"news, not zstd", "zstd", Refusal.ENCODING),
        (b"\xff\xffnot deflate", "deflate", Refusal.ENCODING),
        (gzip.compress(b"news", mtime=0)[:-1], "gzip", Refusal.ENCODING),
        (zlib.compress(b"news")[:-1], "deflate", Refusal.ENCODING),
        (brotli.compress(b"news" * 99)[:-1], "br", Refusal.ENCODING),
        (zstandard.compress(b"news" * 99)[:-1], "zstd", Refusal.ENCODING),
        (zstandard.compress(b"news") + b"more", "zstd", Refusal.ENCODING),
        (b"x" * (LIMIT + 1), "", Refusal.TOO_LARGE),
    ],
)
def test_what_cannot_be_undone_is_refused(body, coding, refusal):
    with pytest.raises(Undecodable) as refused:
        decode(body, coding, LIMIT)
    assert refused.value.refusal is refusal


def test_an_empty_body_has_nothing_to_undo():
    """304 answers repeat the Content-Encoding of the page that they do not carry."""
    assert decode(b"", "gzip", LIMIT) == b""


def test_stray_bytes_after_gzip_are_ignored_and_members_are_joined():
    assert (
        decode(gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0) + b"\r\n<!-- 0.2 s -->", "gzip", LIMIT)
        == b"one two"
    )
    assert decode(zstandard.compress(b"one ") + zstandard.compress(b"two"), "zstd", LIMIT) == b"one two"


BOMBS = {
    "gzip of 1 GiB": (lambda: repeated(zlib.compressobj(1, wbits=31), 1024), "gzip"),
    "gzip of 9 MiB, under the limit": (lambda: gzip.compress(bytes(9 * MIB), mtime=0), "gzip"),
    "400,000 empty gzip members": (lambda: gzip.compress(b"", mtime=0) * 400_000, "gzip"),
    "deflate of 1 GiB": (lambda: repeated(zlib.compressobj(1), 1024), "deflate"),
    "brotli of 1 GiB": (lambda: brotli_of_zeros(1024), "br"),
    "zstd of 1 GiB": (lambda: repeated(zstandard.ZstdCompressor().compressobj(), 1024), "zstd"),
    "zstd with a window of 128 MiB": (lambda: zstd_with_window(27), "zstd"),
    "500,000 empty zstd frames": (lambda: zstandard.compress(b"") * 500_000, "zstd"),
}
# Runs in a process of its own, because only there does the highest memory ever used say something about one bomb.
VICTIM = """
import resource, sys, time
from services.fetcher.decode import Undecodable, decode
body = sys.stdin.buffer.read()
memory, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    decode(body, sys.argv[1], 10 << 20)
except Undecodable:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory, time.process_time() - cpu)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_early_and_small(name):
    build, coding = BOMBS[name]
    ended = subprocess.run([sys.executable, "-c", VICTIM, coding], input=build(), capture_output=True, check=True)
    kib, seconds = map(float, ended.stdout.split())
    assert kib < 64 * 1024
    assert seconds < 2


def test_a_bomb_inside_a_body_stays_data():
    """One layer is undone, the one that the header names; what is inside is the content."""
    inner = gzip.compress(bytes(200 * MIB), 1, mtime=0)
    assert decode(gzip.compress(inner, mtime=0), "gzip", LIMIT) == inner
