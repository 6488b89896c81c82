"""A real Kafka broker (KRaft, one node) from the jars of Maven Central: about three seconds to start."""

import secrets
import signal
import socket
import subprocess
import time
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.servers.java import CACHE, Unobtainable, java, maven

VERSION = "4.3.1"
START_SECONDS = 90
PORTS = range(20_000, 32_000)

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local.wireroom</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=2000
auto.create.topics.enable=false
"""


def free_port() -> int:
    """A port that nobody listens on, below those of outgoing connections: one of these could take it meanwhile."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def libraries(version: str) -> Path:
    """The broker's jars, downloaded once."""
    folder = CACHE / f"kafka-{version}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        pom = folder / "pom.xml"
        pom.write_text(POM.format(version=version))
        plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
        maven("-f", str(pom), plugin, f"-DoutputDirectory={folder / 'libs'}", "-DincludeScope=runtime")
        (folder / "complete").touch()
    return folder / "libs"


class Broker:
    """One broker with its data in `folder`; it can be killed and started again on the same port and data."""

    def __init__(self, folder: Path, version: str = VERSION) -> None:
        self._folder = folder
        self._classpath = f"{libraries(version)}/*"
        self._java = str(java(17))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        properties = PROPERTIES.format(port=self.port, controller=free_port(), data=folder / "data")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.properties").write_text(properties)
        cluster = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        self._run(
            "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(folder / "server.properties")
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> "Broker":
        """Starts the broker and waits until it answers.

        Raises:
            Unobtainable: it did not come up; the message ends with its log.
        """
        flags = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        command = [self._java, *flags, level, "-cp", self._classpath, "kafka.Kafka"]
        command.append(str(self._folder / "server.properties"))
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if not self._listens():  # a client of kafka-python that finds nobody leaves its sockets open
                time.sleep(0.1)
                continue
            with suppress(KafkaError):
                admin = KafkaAdminClient(bootstrap_servers=self.address)
                admin.list_topics()
                admin.close()
                return self
        tail = (self._folder / "broker.log").read_text(errors="replace")[-800:]
        self.stop()
        raise Unobtainable(f"the broker did not start: {tail}")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """SIGKILL: what was not on disk or in the page cache is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after ten seconds."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _run(self, *arguments: str) -> None:
        result = subprocess.run([self._java, "-cp", self._classpath, *arguments], capture_output=True, text=True)
        if result.returncode:
            raise Unobtainable(f"{arguments[0]}: {(result.stdout + result.stderr)[-600:]}")
