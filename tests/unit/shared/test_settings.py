"""Settings: an error names the variable and the bad value."""

import importlib
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta, Struct

from shared.settings import SettingsError, load, table

SERVICES = ("fetcher", "cleaner", "tagger", "enricher", "indexer", "search", "local", "newsroom")


class Some(Struct, frozen=True):
    request_seconds: Annotated[float, Meta(description="how long", gt=0)] = 3.0
    servers: Annotated[tuple[str, ...], Meta(description="where")] = ()
    secret: Annotated[str, Meta(description="what")] = ""


def test_defaults_without_an_environment():
    assert load(Some, {"OTHER": "1"}) == Some()


def test_values_are_converted_and_lists_written_with_commas():
    given = {"WIREROOM_REQUEST_SECONDS": "4.5", "WIREROOM_SERVERS": "a:1, b:2,"}
    assert load(Some, given) == Some(request_seconds=4.5, servers=("a:1", "b:2"))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WIREROOM_REQUEST_SECONDS": "-1"}, "WIREROOM_REQUEST_SECONDS='-1'"),
        ({"WIREROOM_REQUEST_SECONDS": "soon"}, "WIREROOM_REQUEST_SECONDS='soon'"),
        ({"WIREROOM_SECRET_FILE": "/nowhere/at/all"}, "WIREROOM_SECRET_FILE=/nowhere/at/all"),
        ({"WIREROOM_SECRET_FILE": "x", "WIREROOM_SECRET": "y"}, "both set"),
    ],
)
def test_error_names_the_variable_and_the_value(environment: dict[str, str], said: str):
    with pytest.raises(SettingsError, match=said.replace("(", r"\(")):
        load(Some, environment)


def test_secret_from_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text("correct horse\n")
    assert load(Some, {"WIREROOM_SECRET_FILE": str(tmp_path / "secret")}).secret == "correct horse"


def test_required_setting_is_asked_for():
    class Needs(Struct, frozen=True):
        address: str

    with pytest.raises(SettingsError, match="WIREROOM_ADDRESS is required"):
        load(Needs, {})


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_has_a_default_and_a_meaning(service: str):
    module = importlib.import_module(f"services.{service}.settings")
    classes = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Struct) and v is not Struct]
    for settings in classes:
        assert load(settings, {}) == settings()
        for variable, _, meaning in table(settings):
            assert meaning, f"{variable} has no description"
        assert msgspec.json.decode(msgspec.json.encode(settings()), type=settings) == settings()
