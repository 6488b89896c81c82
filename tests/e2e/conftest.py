"""These tests deploy the whole system and take twenty minutes: they run where they are named, not with all others."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    named = any("e2e" in str(argument) for argument in config.invocation_params.args)
    return None if named else True
