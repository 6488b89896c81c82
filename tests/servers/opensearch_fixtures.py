"""A real OpenSearch for tests: the one that is named, else one that is started, else a loud skip."""

import os
import secrets
from collections.abc import Callable, Iterator

import pytest

from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from tests.servers.java import Unobtainable
from tests.servers.opensearch_server import Node

NewSettings = Callable[[], OpenSearchSettings]


@pytest.fixture(scope="session")
def opensearch_address() -> Iterator[str]:
    """The server of `WIREROOM_TEST_OPENSEARCH`, else one of our own; with `WIREROOM_REQUIRE_SERVERS=1` never none."""
    if given := os.environ.get("WIREROOM_TEST_OPENSEARCH"):
        yield given
        return
    try:
        node = Node().start()
    except Unobtainable as missing:
        if os.environ.get("WIREROOM_REQUIRE_SERVERS") == "1":
            pytest.fail(f"OpenSearch is required and cannot be had: {missing}")
        pytest.skip(f"no OpenSearch, its tests did not run: {missing}")
    yield node.address
    node.remove()


@pytest.fixture(scope="session")
def new_opensearch(opensearch_address: str) -> Iterator[NewSettings]:
    """Settings with an alias that nobody else has, its template installed; all is gone at the end."""
    made: list[OpenSearchSettings] = []

    def new() -> OpenSearchSettings:
        made.append(
            OpenSearchSettings(opensearch_url=opensearch_address, opensearch_alias=f"articles{secrets.token_hex(6)}")
        )
        client = connect(made[-1])
        opensearch_setup.install(client, made[-1])
        client.close()
        return made[-1]

    yield new
    for settings in made:
        client = connect(settings)
        for index in opensearch_setup.months(client, settings.opensearch_alias):
            client.indices.delete(index=index)
        client.indices.delete_index_template(name=settings.opensearch_alias)
        client.close()
