"""The export command gives the same from an OpenSearch server as from a folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.search.export import WRITERS
from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.opensearch import OpenSearchIndex
from tests.fixtures.press import ENDLESS, HOSTILE, PRESS, WITHDRAWN, document
from tests.servers.opensearch_fixtures import NewSettings

pytestmark = pytest.mark.integration


def test_both_engines_export_alike(new_opensearch: NewSettings, tmp_path: Path) -> None:
    settings = new_opensearch()
    named = {"WIREROOM_OPENSEARCH_URL": settings.opensearch_url, "WIREROOM_OPENSEARCH_ALIAS": settings.opensearch_alias}
    documents = [document(article) for article in (*PRESS, HOSTILE, ENDLESS, WITHDRAWN)]
    server, folder = OpenSearchIndex(settings, refresh=True), EmbeddedIndex(tmp_path / "index")
    for index in (server, folder):
        index.apply(documents)
        index.close()

    def written(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "services.search", "export", *arguments]
        run = subprocess.run(command, env={**os.environ, **named}, capture_output=True)
        assert run.returncode == 0, run.stderr.decode()
        return run.stdout

    for form in WRITERS:
        there, here = written("--format", form), written(str(tmp_path / "index"), "--format", form)
        if form in ("parquet", "csv"):
            assert there == here, form
        else:  # the server gives the names within a JSON object in an order of its own
            assert list(map(json.loads, there.splitlines())) == list(map(json.loads, here.splitlines())), form
        assert there
    asked = ["--format", "csv", "--query", "northport -lang:es", "--since", "2026-11-20"]
    assert written(*asked) == written(str(tmp_path / "index"), *asked)
    assert written(*asked).count(b"\r\n") == 3
