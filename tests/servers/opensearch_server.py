"""A real OpenSearch node with ICU from the artefacts of Maven Central: ten to thirty seconds to start."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from tests.servers.java import CACHE, Unobtainable, java, maven
from tests.servers.kafka_broker import free_port

VERSION = "3.8.0"  # the newest for which analysis-icu-client is published too
LUCENE = "10.5.0"  # as in lib/ of that version
ICU4J = "77.1"
START_SECONDS = 300  # ten on a quiet machine; a full one took more than a hundred
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

# Modules that nothing here asks for; without them and with a small heap a node lives in 0.8 GB.
UNUSED = (
    "transport-grpc ingest-geoip ingest-user-agent geo repository-url rule-framework store-subdirectory "
    "opensearch-dashboards cache-common search-pipeline-common aggs-matrix-stats"
).split()

CONFIG = """cluster.name: wireroom-test
discovery.type: single-node
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
cluster.routing.allocation.disk.threshold_enabled: false
action.auto_create_index: "-articles*,+*"
"""

ICU_DESCRIPTOR = f"""name=analysis-icu
description=ICU analysis
version={VERSION}
opensearch.version={VERSION}
java.version=21
classname=org.opensearch.plugin.analysis.icu.AnalysisICUPlugin
has.native.controller=false
"""


def distribution() -> Path:
    """The slim distribution with ICU, assembled once."""
    folder = CACHE / f"opensearch-{VERSION}"
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    jars = CACHE / f"opensearch-{VERSION}-parts"
    _fetch(f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip", jars)
    with zipfile.ZipFile(jars / f"opensearch-{VERSION}.zip") as archive:
        archive.extractall(CACHE)
    for script in (folder / "bin").iterdir():
        script.chmod(0o755)
    for module in UNUSED:
        shutil.rmtree(folder / "modules" / module)
    icu = folder / "plugins" / "analysis-icu"
    for artefact in (
        f"org.opensearch.plugin:analysis-icu-client:{VERSION}",
        f"org.apache.lucene:lucene-analysis-icu:{LUCENE}",
        f"com.ibm.icu:icu4j:{ICU4J}",
    ):
        _fetch(artefact, icu)
    (icu / "plugin-descriptor.properties").write_text(ICU_DESCRIPTOR)
    (folder / "complete").touch()
    return folder


def _fetch(artefact: str, folder: Path) -> None:
    """Downloads one artefact, without what it depends on, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    maven(f"{PLUGIN}:get", f"-Dartifact={artefact}", "-Dtransitive=false")
    maven(f"{PLUGIN}:copy", f"-Dartifact={artefact}", f"-DoutputDirectory={folder}")


class Node:
    """One node in a folder of its own; it can be killed and started again on the same port and data.

    OpenSearch refuses to run as root, so root's tests run it as `nobody`, in a folder that nobody may read: not below
    a home or pytest's own folders.
    """

    def __init__(self) -> None:
        java_home = java(21).parent.parent
        assembled = distribution()
        self.folder = Path(tempfile.mkdtemp(prefix="wireroom-opensearch-"))
        self.port = free_port()
        home = self.folder / "opensearch"
        shutil.copytree(assembled, home)
        config = CONFIG.format(http=self.port, transport=free_port(), folder=self.folder)
        (home / "config" / "opensearch.yml").write_text(config)
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            subprocess.run(["chown", "-R", self._user, self.folder], check=True)
        self._command = [home / "bin" / "opensearch"]
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "OPENSEARCH_JAVA_HOME": str(java_home),
            "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> "Node":
        """Starts the node and waits until its shards can answer.

        Raises:
            Unobtainable: it did not come up; the message ends with its log.
        """
        output = self.folder / "output.log"
        with output.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment, user=self._user, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                # The port opens before the shards are there.
                url = f"{self.address}/_cluster/health?wait_for_status=yellow&timeout=10s"
                with urllib.request.urlopen(url, timeout=15) as response:
                    if response.status == 200:
                        return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        tail = output.read_text(errors="replace")[-800:]
        self.remove()
        raise Unobtainable(f"OpenSearch did not start: {tail}")

    def kill(self) -> None:
        """SIGKILL: what was not on disk is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after twenty seconds."""
        self._end(signal.SIGTERM)

    def remove(self) -> None:
        """Stops the node and takes its folder away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
