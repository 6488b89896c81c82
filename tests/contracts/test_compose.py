"""The deployment's policy: what `docker-compose.yml` must be, and that each rule of it can fail."""

import copy
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.make_secrets import NAMES, make
from docs.tables import settings_classes
from services.newsroom.sites import SITES
from services.newsroom.sources import sources_toml
from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.settings import refuse_weak, table
from shared.transport import faust_stage
from shared.transport.principals import PRINCIPALS
from shared.transport.settings import TransportSettings
from tests.fixtures.compose_policy import DRAIN_SECONDS, STAGES, faults

ROOT = Path(__file__).parent.parent.parent
FILE, OVERLAY = ROOT / "docker-compose.yml", ROOT / "docker-compose.secure.yml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = list(PROJECT["optional-dependencies"])
JOBS = [
    job["job_name"]
    for job in yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
]


def written() -> dict[str, Any]:
    """The file with the defaults of its variables put in."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", FILE.read_text(encoding="utf-8")).replace("$$", "$")
    compose: dict[str, Any] = yaml.safe_load(text)
    return compose


def test_compose_file_keeps_the_policy():
    assert faults(written(), EXTRAS, JOBS) == []


def test_what_docker_compose_makes_of_it_keeps_the_policy():
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("no docker compose here, so only the file as written was checked")
    command = ["docker", "compose", "-f", str(FILE), "--profile", "*", "config", "--format", "json"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert faults(json.loads(result.stdout), EXTRAS, JOBS) == []


def test_the_secure_overlay_keeps_the_policy_and_gives_each_service_its_own_login(tmp_path: Path):
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("no docker compose here, so the secure overlay was not merged and checked")
    command = ["docker", "compose", "-f", str(FILE), "-f", str(OVERLAY), "--profile", "*", "config", "--format", "json"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    compose = json.loads(result.stdout)
    assert faults(compose, EXTRAS, JOBS) == []
    for stage in STAGES:
        service = compose["services"][stage]
        assert service["environment"]["WIREROOM_KAFKA_USER"] == stage
        assert [secret["source"] for secret in service["secrets"]] == [f"kafka_{stage}"]


def test_secrets_are_made_for_every_principal_readable_by_one_and_kept(tmp_path: Path):
    overlay = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))
    assert set(overlay["secrets"]) == set(NAMES)
    assert {f"kafka_{name}" for name in PRINCIPALS} == set(overlay["services"]["principals"]["secrets"])
    assert make(tmp_path / "secrets") == list(NAMES)
    first = {name: (tmp_path / "secrets" / name).read_text() for name in NAMES}
    assert len(set(first.values())) == len(NAMES)
    for name, password in first.items():
        refuse_weak(name, password, name)
        assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert make(tmp_path / "secrets") == []
    assert {name: (tmp_path / "secrets" / name).read_text() for name in NAMES} == first


Mutant = Callable[[dict[str, Any]], object]
MUTANTS: dict[str, tuple[Mutant, str]] = {
    "root user": (lambda s: s["cleaner"].update(user="0:0"), "cleaner: user '0:0' is root"),
    "user by name": (lambda s: s["cleaner"].update(user="wireroom"), "cleaner: user 'wireroom' is root, or not"),
    "no user": (lambda s: s["kafka"].pop("user"), "kafka: user '' is root"),
    "writable root": (lambda s: s["tagger"].update(read_only=False), "tagger: the root file system is writable"),
    "capabilities": (lambda s: s["search"].pop("cap_drop"), "search: capabilities are not dropped"),
    "capability added": (lambda s: s["search"].update(cap_add=["NET_RAW"]), "search: capabilities are not dropped"),
    "new privileges": (lambda s: s["fetcher"].update(security_opt=[]), "fetcher: may gain new privileges"),
    "privileged": (lambda s: s["fetcher"].update(privileged=True), "fetcher: privileged is set"),
    "engine's socket": (
        lambda s: s["prometheus"].update(volumes=["/var/run/docker.sock:/var/run/docker.sock"]),
        "prometheus: has the engine's socket",
    ),
    "port on every address": (
        lambda s: s["search"].update(ports=["8800:8800"]),
        "search: publishes a port on every address",
    ),
    "port on an address": (
        lambda s: s["search"].update(ports=[{"host_ip": "0.0.0.0", "published": "8800", "target": 8800}]),
        "search: publishes a port on 0.0.0.0",
    ),
    "no healthcheck": (lambda s: s["kafka"].pop("healthcheck"), "kafka: has no healthcheck"),
    "healthcheck off": (lambda s: s["indexer"].update(healthcheck={"disable": True}), "indexer: has no healthcheck"),
    "waits for no health": (
        lambda s: s["opensearch"].pop("healthcheck"),
        "init: waits for the health of opensearch, which has no healthcheck",
    ),
    "no limits": (lambda s: s["enricher"].pop("deploy"), "enricher: has no limit of memory"),
    "no limit of processes": (
        lambda s: s["enricher"]["deploy"]["resources"]["limits"].pop("pids"),
        "enricher: has no limit of pids",
    ),
    "unpinned image": (lambda s: s["kafka"].update(image="apache/kafka"), "kafka: image 'apache/kafka' is not pinned"),
    "latest image": (lambda s: s["kafka"].update(image="apache/kafka:latest"), "kafka: image 'apache/kafka:latest' is"),
    "network it does not need": (
        lambda s: s["cleaner"].update(networks=["bus", "metrics", "egress"]),
        "cleaner: is on the network egress and does not need it",
    ),
    "no network of its own": (
        lambda s: s["cleaner"].pop("networks"),
        "cleaner: is on the network default and does not",
    ),
    "missing network": (lambda s: s["indexer"].update(networks=["bus", "metrics"]), "indexer: needs the network index"),
    "stage missing": (lambda s: s.pop("tagger"), "tagger is in the topology and not in docker-compose.yml"),
    "stranger": (lambda s: s.update(extra=s["tagger"]), "extra is neither a stage nor one of"),
    "killed while draining": (lambda s: s["tagger"].update(stop_grace_period="20s"), "tagger: is killed after 20 s"),
    "no restart": (lambda s: s["tagger"].pop("restart"), "tagger: restart is None"),
    "endless log": (lambda s: s["tagger"].pop("logging"), "tagger: its log is not rotated"),
    "depends on nothing": (
        lambda s: s["tagger"].update(depends_on={"zookeeper": {"condition": "service_healthy"}}),
        "tagger: depends on zookeeper, which is not there",
    ),
    "depends without condition": (
        lambda s: s["tagger"].update(depends_on={"init": {"condition": "service_started"}}),
        "tagger: depends on init without a condition",
    ),
    "secret in the environment": (
        lambda s: s["indexer"]["environment"].update(WIREROOM_OPENSEARCH_PASSWORD="hunter2"),
        "indexer: WIREROOM_OPENSEARCH_PASSWORD is a secret in the environment",
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_rule_can_fail(mutant: str):
    change, expected = MUTANTS[mutant]
    compose = copy.deepcopy(written())
    change(compose["services"])
    found = faults(compose, EXTRAS, JOBS)
    assert any(fault.startswith(expected) for fault in found), found


def test_an_open_network_and_a_missing_extra_or_job_are_found():
    compose = written()
    compose["networks"]["bus"] = {}
    assert "network bus: internal must be True" in faults(compose, EXTRAS, JOBS)
    for stage in STAGES:
        without = [name for name in EXTRAS if name != stage]
        assert f"{stage} is in the topology and has no extra in pyproject.toml" in faults(written(), without, JOBS)
        without = [name for name in JOBS if name != stage]
        assert f"{stage} is in the topology and Prometheus has no job for it" in faults(written(), EXTRAS, without)


def test_the_policy_knows_how_long_a_stage_drains():
    assert faust_stage.DRAIN_SECONDS + faust_stage.STOP_SECONDS <= DRAIN_SECONDS


def test_our_images_carry_the_version_of_the_project():
    for name, service in written()["services"].items():
        image = service["image"]
        if image.startswith("wireroom/") and name != "opensearch":
            assert image.endswith(f":{PROJECT['version']}"), name
            assert service["build"]["args"]["SERVICE"] == image.removeprefix("wireroom/").split(":")[0], name


@pytest.mark.parametrize("service", [*STAGES, "search", "newsroom"])
def test_every_variable_is_a_setting_of_its_service(service: str):
    classes = [*settings_classes(f"services.{service}.settings"), TransportSettings, OpenSearchSettings]
    known = {variable for one in classes for variable, _, _ in table(one)}
    overlay = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))["services"][service]["environment"]
    variables = [*written()["services"][service]["environment"], *overlay]
    given = {name.removesuffix("_FILE") for name in variables if name.startswith("WIREROOM_")}
    known = {name.removesuffix("_FILE") for name in known}
    assert given <= known, f"{service} has no setting {', '.join(sorted(given - known))}"


def test_sources_of_the_demo_are_the_newsrooms():
    bases = [f"http://newsroom:{8811 + place}" for place in range(len(SITES))]
    text = (ROOT / "deploy" / "newsroom" / "sources.toml").read_text(encoding="utf-8")
    assert text.endswith("\n\n" + sources_toml(bases))
    allowed = written()["services"]["fetcher"]["environment"]["WIREROOM_ALLOW_ADDRESSES"]
    assert allowed == ",".join(base.removeprefix("http://") for base in bases)
