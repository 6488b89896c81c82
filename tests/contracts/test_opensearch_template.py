"""The deployment's files say what the code does."""

import json
from pathlib import Path

import yaml

from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.searchindex.opensearch_setup import wanted
from tests.servers.opensearch_server import VERSION

DEPLOY = Path(__file__).parents[2] / "deploy" / "opensearch"


def test_the_committed_template_is_the_one_that_is_installed():
    committed = json.loads((DEPLOY / "template.json").read_text(encoding="utf-8"))
    assert committed == wanted(OpenSearchSettings()), (
        "python -m shared.searchindex template > deploy/opensearch/template.json"
    )


def test_the_image_has_the_version_that_tests_run_on():
    assert f"opensearch:{VERSION}\n" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_no_index_of_ours_is_made_without_its_template():
    settings = yaml.safe_load((DEPLOY / "opensearch.yml").read_text(encoding="utf-8"))
    alias = OpenSearchSettings().opensearch_alias
    assert settings["action.auto_create_index"].split(",")[0] == f"-{alias}*"
