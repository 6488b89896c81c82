"""A real broker with SCRAM and rights: each stage can do its work and nothing else, a stranger can do nothing."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from shared.topology import CLEAN, CLEANER, FETCHER, RAW
from shared.transport import login
from shared.transport.kafka_edge import consumer, producer
from shared.transport.principals import PRINCIPALS, ensure
from shared.transport.settings import TransportSettings
from shared.transport.topics import all_topics
from shared.transport.topics import ensure as ensure_topics
from tests.fixtures.streams import missing
from tests.servers.java import Unobtainable
from tests.servers.kafka_broker import Broker, free_port

pytestmark = pytest.mark.integration

# As docker-compose.secure.yml sets the broker up: without a login only on its own loopback.
SECURED = """
listeners=PLAINTEXT://127.0.0.1:{port},BUS://127.0.0.1:{bus},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},BUS://127.0.0.1:{bus}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,BUS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.bus.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:ANONYMOUS
"""


@dataclass
class Secured:
    """A broker with principals: `inside` needs no login, `bus` does."""

    inside: str
    bus: str
    passwords: dict[str, str]

    def settings(self, principal: str, password: str = "") -> TransportSettings:
        return TransportSettings(
            bootstrap_servers=(self.bus,), kafka_user=principal, kafka_password=password or self.passwords[principal]
        )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder: Path = tmp_path_factory.mktemp("secured")
    try:
        broker = Broker(folder / "kafka")
        file, bus = folder / "kafka" / "server.properties", free_port()
        kept = [line for line in file.read_text().splitlines() if not line.startswith(("listener", "advertised"))]
        controller = next(line for line in kept if line.startswith("controller.quorum.voters")).rpartition(":")[2]
        file.write_text("\n".join(kept) + SECURED.format(port=broker.port, bus=bus, controller=controller))
        broker.start()
    except Unobtainable as why:
        missing(why)
    try:
        passwords = {name: secrets.token_urlsafe(24) for name in PRINCIPALS}
        admin = KafkaAdminClient(bootstrap_servers=broker.address)
        ensure(admin, passwords)
        ensure(admin, passwords)  # the same again is no fault
        admin.close()
        one = Secured(broker.address, f"127.0.0.1:{bus}", passwords)
        maker = KafkaAdminClient(**login.kafka_python(one.settings("init")))
        ensure_topics(maker, tuple(all_topics((RAW, CLEAN))), 1)
        maker.close()
        yield one
    finally:
        broker.stop()


def send(secured: Secured, principal: str, topic: str) -> None:
    sender = producer(secured.settings(principal))
    try:
        sender.send(topic, key=b"a", value=b"{}").get(20)
    finally:
        sender.close(1)


def poll_for_a_while(reader: KafkaConsumer) -> None:
    for _ in range(10):
        reader.poll(timeout_ms=500)


def list_topics(settings: TransportSettings) -> None:
    admin = KafkaAdminClient(**login.kafka_python(settings), request_timeout_ms=5000, bootstrap_timeout_ms=8000)
    admin.list_topics()


def test_a_stage_writes_its_topic_and_parks_in_that_of_what_it_reads(secured: Secured):
    send(secured, "fetcher", RAW.name)
    send(secured, "cleaner", CLEAN.name)
    send(secured, "cleaner", RAW.rejected.name)


@pytest.mark.parametrize(
    ("principal", "topic"),
    [("fetcher", CLEAN.name), ("cleaner", RAW.name), ("tagger", CLEAN.name), ("indexer", RAW.name), ("init", RAW.name)],
)
def test_nobody_writes_what_is_anothers(secured: Secured, principal: str, topic: str):
    with pytest.raises(KafkaError):
        send(secured, principal, topic)


def test_a_stage_reads_its_topic_in_its_group(secured: Secured):
    send(secured, "fetcher", RAW.name)
    reader = consumer(CLEANER, secured.settings("cleaner"))
    try:
        reader.subscribe([RAW.name])
        got = [one for _ in range(40) for batch in reader.poll(timeout_ms=500).values() for one in batch][:1]
        assert got
        reader.commit()
    finally:
        reader.close(autocommit=False)


def test_another_may_not_read_it(secured: Secured):
    reader = consumer(FETCHER, secured.settings("fetcher"))
    try:
        reader.assign([TopicPartition(RAW.name, 0)])
        with pytest.raises(KafkaError):
            poll_for_a_while(reader)
    finally:
        reader.close(autocommit=False)


@pytest.mark.parametrize("settings", ["none", "wrong"])
def test_a_stranger_is_not_let_in(secured: Secured, settings: str):
    chosen = (
        TransportSettings(bootstrap_servers=(secured.bus,))
        if settings == "none"
        else secured.settings("cleaner", "not-the-password-at-all")
    )
    with pytest.raises(KafkaError):
        list_topics(chosen)
