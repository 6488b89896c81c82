"""trafilatura is pinned, and the internals that we replace are still what we took them for."""

from importlib.metadata import version

import trafilatura.core
import trafilatura.utils

from services.cleaner import upstream

REPLACED = {
    "trafilatura.utils.remove_control_characters": trafilatura.utils.remove_control_characters,
}


def test_the_pin_holds() -> None:
    assert version("trafilatura") == "2.3.1"


def test_replacement_is_in_place() -> None:
    assert trafilatura.utils.return_printables_and_spaces is upstream._kept
    assert trafilatura.utils.remove_control_characters("a\u200cb\u200dc\x01") == "a\u200cb\u200dc"
