"""Rights in headers: for everyone, for us, not for others."""

import pytest

from services.fetcher.rights import header_signals, robots_values


@pytest.mark.parametrize(
    ("headers", "signals"),
    [
        ({"x-robots-tag": ("noindex, nofollow",)}, [("noindex", ""), ("nofollow", "")]),
        ({"x-robots-tag": ("googlebot: noindex", "noarchive")}, [("noarchive", "")]),
        ({"x-robots-tag": ("Wireroom: noindex",)}, [("noindex", "")]),
        ({"robots-tag": ("NONE",)}, [("none", "")]),
        ({"x-robots-tag": ("max-snippet: 20, noindex",)}, [("max-snippet", "20"), ("noindex", "")]),
        (
            {"x-robots-tag": ("unavailable_after: 25 Jun 2027 15:00:00 PST",)},
            [("unavailable_after", "25 Jun 2027 15:00:00 PST")],
        ),
        (
            {"tdm-reservation": ("1",), "tdm-policy": ("https://a.example/policy.json",)},
            [("tdm-reservation", "1"), ("tdm-policy", "https://a.example/policy.json")],
        ),
        ({"x-robots-tag": ("noindex", "noindex")}, [("noindex", "")]),
        ({"x-robots-tag": ("", " , ")}, []),
        ({}, []),
    ],
)
def test_header_signals(headers: dict[str, tuple[str, ...]], signals: list[tuple[str, str]]):
    found = header_signals(headers, "wireroom")
    assert [(signal.signal, signal.value) for signal in found] == signals
    assert {signal.origin for signal in found} <= {"header"}


def test_the_lines_are_kept_as_received():
    headers = {"x-robots-tag": ("googlebot: noindex",), "robots-tag": ("none",)}
    assert robots_values(headers) == ("googlebot: noindex", "none")
