"""The backup command's answers where there is nothing to do; `tests/e2e` rehearses the real thing."""

from pathlib import Path

import pytest

from deploy.backup import main


@pytest.mark.parametrize("arguments", [[], ["save"], ["steal", "folder"], ["save", "a", "b"]])
def test_a_wrong_call_says_how(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    assert "save|restore FOLDER" in capsys.readouterr().err


def test_what_is_no_backup_is_refused_before_anything_is_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "fetcher.sqlite3").write_bytes(b"")
    assert main(["restore", str(tmp_path)]) == 1
    assert "is no backup: it has no articles.jsonl.gz" in capsys.readouterr().err


def test_a_backup_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["save", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
