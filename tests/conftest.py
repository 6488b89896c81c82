"""Options and fixtures that every kind of test shares."""

from pathlib import Path

import pytest

from tests.servers.opensearch_fixtures import new_opensearch, opensearch_address  # noqa: F401 - fixtures

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files instead of comparing")


@pytest.fixture(scope="session")
def data() -> Path:
    """Real pages and texts with gold values, beside the checkout; never part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no development data at ../shared/data: {folder.name} checks did not run")
    return folder
