"""The secure overlay as it is deployed: every login works, and without one nothing is had."""

import urllib.error
from collections.abc import Iterator

import pytest

from deploy.make_secrets import FOLDER, make
from tests.fixtures.arrivals import everything_arrives
from tests.fixtures.deployment import ROOT, Deployment, deployed, read, wait_until

WRITE_AS_ANOTHER = """
import os, sys
from kafka.errors import KafkaError
from shared.settings import load
from shared.transport.kafka_edge import producer
from shared.transport.settings import TransportSettings
try:
    producer(load(TransportSettings, os.environ)).send(sys.argv[1], value=b'{}').get(20)
except KafkaError as error:
    print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def system() -> Iterator[Deployment]:
    make(ROOT / FOLDER)
    password = (ROOT / FOLDER / "page_password").read_text()
    overlay = Deployment("docker-compose.secure.yml", login=("reader", password))
    with deployed(overlay) as running:
        yield running


def test_articles_arrive_through_all_the_logins(system: Deployment):
    assert everything_arrives(system)
    assert "Secure profile" in system.compose("logs", "init")


def test_the_page_wants_a_login(system: Deployment):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        read(f"{system.page}/api/search?q=harbour")


def test_a_service_cannot_write_what_is_anothers(system: Deployment):
    said = system.compose("exec", "-T", "tagger", "python", "-c", WRITE_AS_ANOTHER, "article.raw.v1")
    assert said.strip() == "TopicAuthorizationFailedError"


def test_the_canary_logs_in_too(system: Deployment):
    found = "sum(wireroom_canary_publish_to_search_seconds_count) > 0"
    wait_until(lambda: bool(system.query(found)), 300, lambda: system.query("wireroom_canary_waiting_seconds"))
