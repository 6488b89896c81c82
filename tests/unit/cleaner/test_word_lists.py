"""The word lists are data that people edit: sorted, without repeats, with the columns that their first line names."""

from pathlib import Path

import pytest

from services.cleaner import wordlists

FILES = sorted(Path(wordlists.__file__).with_name("words").glob("*.tsv"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sorted_and_unique(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    rows = [tuple(line.split("\t")) for line in lines if not line.startswith("#")]
    assert rows == sorted(set(rows))
    assert len({len(row) for row in rows}) == 1
    assert all(cell.strip() == cell and cell for row in rows for cell in row)
