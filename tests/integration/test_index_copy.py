"""What is copied out of an index fills another one: the same articles, withdrawn ones and revisions included."""

import os
import subprocess
import sys

import pytest

from services.indexer.lines import load_lines
from services.indexer.settings import IndexerSettings
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.opensearch_copy import articles
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from tests.fixtures.press import ENDLESS, HOSTILE, PRESS, WITHDRAWN, document
from tests.servers.opensearch_fixtures import NewSettings

pytestmark = pytest.mark.integration


def test_an_index_copied_out_and_in_again_is_the_same(new_opensearch: NewSettings):
    here, there = new_opensearch(), new_opensearch()
    first = OpenSearchIndex(here, refresh=True)
    first.apply([document(article) for article in (*PRESS, HOSTILE, ENDLESS, WITHDRAWN)])
    copied = list(articles(connect(here), here.opensearch_alias))
    assert len(copied) == len(PRESS) + 3
    second = OpenSearchIndex(there, refresh=True)
    verdicts = load_lines(second, (line + b"\n" for line in copied), IndexerSettings())
    assert verdicts == {"applied": len(copied)}
    assert sorted(articles(connect(there), there.opensearch_alias)) == sorted(copied)
    assert second.count() == first.count()
    assert load_lines(second, copied, IndexerSettings()) == {"applied": len(copied)}  # again: nothing changes
    assert sorted(articles(connect(there), there.opensearch_alias)) == sorted(copied)
    first.close()
    second.close()


def test_an_empty_index_gives_nothing(new_opensearch: NewSettings):
    settings = new_opensearch()
    assert list(articles(connect(settings), settings.opensearch_alias)) == []


def run(command: str, settings: OpenSearchSettings, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A command of ours on this server."""
    named = {"WIREROOM_OPENSEARCH_URL": settings.opensearch_url, "WIREROOM_OPENSEARCH_ALIAS": settings.opensearch_alias}
    environment = {**os.environ, **named}
    return subprocess.run([sys.executable, "-m", *command.split()], env=environment, input=given, capture_output=True)


def test_the_commands_do_the_same(new_opensearch: NewSettings):
    here, there = new_opensearch(), new_opensearch()
    index = OpenSearchIndex(here, refresh=True)
    index.apply([document(article) for article in (*PRESS, WITHDRAWN)])
    index.close()
    copied = run("shared.searchindex export", here)
    assert (copied.returncode, copied.stdout.count(b"\n")) == (0, len(PRESS) + 1), copied.stderr.decode()
    filled = run("services.indexer --jsonl", there, copied.stdout)
    assert (filled.returncode, filled.stderr.decode().strip()) == (0, f"{len(PRESS) + 1} applied")
    second = OpenSearchIndex(there)
    assert second.count() == len(PRESS)  # at once: who restores a backup looks
    second.close()
    assert run("shared.searchindex export", there).stdout == copied.stdout
    assert run("services.indexer --jsonl", there, b"no article\n").returncode == 1
