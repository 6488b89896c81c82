"""The embedded index and its folder: what survives SIGKILL, and what is refused at the door."""

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shared.searchindex.embedded import EmbeddedIndex, FolderError
from shared.searchindex.index import Verdict
from shared.searchindex.query import Query, Word

# Applies a document at a time for ever, and says so after each: "<n>" once document n is applied.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from shared.identity import digest
from shared.messages import EnrichedArticle, Source
from shared.searchindex.document import Document
from shared.searchindex.embedded import EmbeddedIndex

time = datetime(2026, 11, 20, tzinfo=UTC)
index = EmbeddedIndex(Path(sys.argv[1]))
n = index.count()
while True:
    n += 1
    id = digest(str(n).encode())
    article = EnrichedArticle(article_id=id, revision=1, url="urn:x", source=Source(id="x"), first_seen_at=time,
                              discovered_at=time, fetched_at=time)
    index.apply([Document(id=id, revision=1, generation=1, title=f"ferry {n}", time=time, first_seen_at=time,
                          indexed_month="2026.11", article=article)])
    print(n, flush=True)
"""


def writer(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)


def test_what_was_applied_survives_sigkill(tmp_path):
    applied = 0
    for pause in (1, 7, 23):
        process = writer(tmp_path)
        assert process.stdout is not None
        with process.stdout:
            for _ in range(pause):
                applied = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            applied = max([applied, *(int(line) for line in process.stdout)])
        process.wait()
        index = EmbeddedIndex(tmp_path)
        assert index.count() in (applied, applied + 1)  # the last one may have been on disk before it was said
        numbers = {hit.document.title for hit in index.search(Query(root=Word("ferry"), size=1000)).hits}
        assert {f"ferry {n}" for n in range(1, applied + 1)} <= numbers
        index.close()


def test_a_second_process_is_told_that_the_folder_is_taken(tmp_path):
    process = writer(tmp_path)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        with pytest.raises(FolderError, match=f"{re.escape(str(tmp_path))}.*another process holds this index"):
            EmbeddedIndex(tmp_path)
        process.kill()
    process.wait()
    EmbeddedIndex(tmp_path).close()


def test_an_index_of_another_format_is_refused_and_left_alone(tmp_path):
    EmbeddedIndex(tmp_path).close()
    (tmp_path / "FORMAT").write_text("0")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(FolderError, match=r"format 0.*move it away"):
        EmbeddedIndex(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("spoil", ["meta.json", "FORMAT"])
def test_a_damaged_folder_is_named(tmp_path, spoil):
    EmbeddedIndex(tmp_path).close()
    (tmp_path / spoil).write_text("{")
    with pytest.raises(FolderError, match=re.escape(str(tmp_path))):
        EmbeddedIndex(tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear reader")
    with pytest.raises(FolderError, match="move it away"):
        EmbeddedIndex(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "index").write_text("")
    with pytest.raises(FolderError, match=re.escape(str(tmp_path / "index"))):
        EmbeddedIndex(tmp_path / "index")


def test_a_closed_index_is_not_healthy_and_takes_nothing(tmp_path):
    index = EmbeddedIndex(tmp_path)
    assert index.healthy()
    index.close()
    assert not index.healthy()


def test_searches_run_beside_writes(tmp_path):
    process = writer(tmp_path / "first")  # makes documents worth copying
    assert process.stdout is not None
    with process.stdout:
        for _ in range(20):
            process.stdout.readline()
        process.kill()
    process.wait()
    first = EmbeddedIndex(tmp_path / "first")
    documents = [hit.document for hit in first.search(Query(size=20)).hits]
    first.close()

    index = EmbeddedIndex(tmp_path / "second")
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            results = index.search(Query(root=Word("ferry"), sort="newest", size=100))
            assert results.total == len(results.hits)
            seen.append(results.total)

    reader = threading.Thread(target=read)
    reader.start()
    for document in documents:
        assert [outcome.verdict for outcome in index.apply([document])] == [Verdict.APPLIED]
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert index.count() == 20
    index.close()


def test_a_folder_can_be_read_while_another_process_writes_and_merges_it(tmp_path):
    process = writer(tmp_path)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "1\n"
        for round in range(1, 11):
            index = EmbeddedIndex(tmp_path, reading=True)
            scan = index.scan(Query())
            shown = [next(scan).title]
            for _ in range(20):  # commits, of which tantivy makes fewer segments and deletes files
                written = int(process.stdout.readline())
            shown += [document.title for document in scan]
            numbers = sorted(int(title.split()[1]) for title in shown)
            assert numbers == list(range(1, len(numbers) + 1)), round
            assert 20 * (round - 1) < len(numbers) <= written
    finally:
        process.kill()
        process.communicate()


def test_who_only_reads_makes_nothing_and_takes_nothing(tmp_path):
    for missing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FolderError, match="index format none"):
            EmbeddedIndex(missing, reading=True)
    assert not list(tmp_path.iterdir())
    EmbeddedIndex(tmp_path).close()
    index = EmbeddedIndex(tmp_path, reading=True)
    assert (list(index.scan(Query())), index.healthy()) == ([], False)
    EmbeddedIndex(tmp_path).close()
