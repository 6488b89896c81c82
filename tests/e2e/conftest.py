"""These tests deploy the whole system and take half an hour: they run where they are named, not with all others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.deployment import ROOT
from tests.fixtures.engine import engine
from tests.fixtures.landed import landed


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    named = any("e2e" in str(argument) for argument in config.invocation_params.args)
    return None if named else True


@pytest.fixture(scope="session")
def landed_tree(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The last landed version; None where this checkout has no history."""
    return landed(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="session", autouse=True)
def an_engine(landed_tree: Path | None) -> Iterator[None]:
    """One engine for all of them, with the images that this version and the one before it are built on."""
    with engine(ROOT, *([landed_tree] if landed_tree else [])):
        yield
