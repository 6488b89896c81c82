"""Headers of a source's own, read from a file; their values never stand in an error."""

from pathlib import Path

import pytest

from services.fetcher.request_headers import HeadersError, read_headers


def test_headers_are_read(tmp_path: Path):
    file = tmp_path / "headers"
    file.write_text("# key for the wire\nAuthorization: Bearer a:b\n\nX-Key:1\n", encoding="utf-8")
    assert read_headers(str(file)) == {"Authorization": "Bearer a:b", "X-Key": "1"}
    assert read_headers("") == {}


@pytest.mark.parametrize("line", ["secret", "Bad Name: secret", "X: sec\x01ret", "Cookie: secret", "Host: secret"])
def test_a_bad_line_is_named_without_its_value(tmp_path: Path, line: str):
    file = tmp_path / "headers"
    file.write_text(f"X-Good: 1\n{line}\n", encoding="utf-8")
    with pytest.raises(HeadersError, match=r"headers:2: ") as caught:
        read_headers(str(file))
    assert "secret" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(HeadersError, match="nothing-here: cannot be read"):
        read_headers(str(tmp_path / "nothing-here"))
