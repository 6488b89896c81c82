"""The page's login: who gets in, and what machines may ask without one."""

import urllib.error
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.search.app import create_app
from services.search.login import Login
from services.search.readings import of_this_process
from services.search.settings import SearchSettings
from services.search.status import Watch
from shared.observe.fetching import Fetching
from shared.searchindex.embedded import EmbeddedIndex
from shared.settings import SettingsError, load
from tests.fixtures.serving import serving

PASSWORD = "only-this-test-knows-4711-and-32-more"
LOGIN = Login("reader", PASSWORD)


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "admitted"),
    [
        (None, False),
        ("", False),
        (basic(f"reader:{PASSWORD}"), True),
        (basic(f"reader:{PASSWORD}").replace("Basic", "basic"), True),
        (basic("reader:"), False),
        (basic(f"reader:{PASSWORD}x"), False),
        (basic(f"admin:{PASSWORD}"), False),
        (f"Bearer {PASSWORD}", False),
        ("Basic not base64 at all", False),
        ("Basic", False),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/search", "/status", "/static/style.css", "/healthz/../"])
def test_who_gets_in(path: str, authorization: str | None, admitted: bool):
    assert LOGIN.admits(path, authorization) is admitted


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_machines_ask_without_a_login(path: str):
    assert LOGIN.admits(path, None)


def test_a_password_that_protects_nothing_is_refused_at_start():
    with pytest.raises(SettingsError, match="WIREROOM_PAGE_PASSWORD"):
        load(SearchSettings, {"WIREROOM_PAGE_USER": "reader", "WIREROOM_PAGE_PASSWORD": "changeme"})


def test_a_stranger_is_asked_for_a_login_and_learns_nothing_else(tmp_path: Path):
    index = EmbeddedIndex(tmp_path / "index")
    status = Watch(of_this_process(REGISTRY.collect), Fetching, lambda: datetime.now(UTC))
    with serving(create_app(index, status, login=LOGIN)) as base:
        for path in ("/", "/api/search?q=harbour", "/status", "/openapi.json", "/static/style.css"):
            code, headers = asked(base + path)
            assert (code, headers["www-authenticate"][:5]) == (401, "Basic"), path
            assert headers["content-security-policy"]
            assert asked(base + path, basic(f"reader:{PASSWORD}"))[0] in (200, 404), path
        assert asked(f"{base}/healthz")[0] == 200
    index.close()


def asked(url: str, authorization: str = "") -> tuple[int, Message]:
    request = urllib.request.Request(url, headers={"Authorization": authorization} if authorization else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers
