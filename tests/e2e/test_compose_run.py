"""The whole system as it is deployed: articles arrive, blips lose nothing and alarm nobody, outages do.

Run by `make e2e-compose`. Most of the time it waits for alerts to fire as they would in earnest: the rules are the
shipped ones. Every wait is for a condition; its deadline is for a small machine that others use too.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from deploy.sbom import IMAGES, bom
from shared.identity import article_id
from shared.topology import PIPELINE
from shared.topology import STAGES as ALL
from tests.fixtures.arrivals import everything_arrives, missing, nothing_twice
from tests.fixtures.deployment import READ, ROOT, Deployment, deployed, wait_until

AWAY_SECONDS = 20
PATIENCE_SECONDS = (
    70  # what is away for longer is an outage: of the least patient alert's 90, some go by until it is seen
)
FIRES_SECONDS, RESOLVES_SECONDS, OUTLASTS_SECONDS = 420, 600, 600
STAGES = [stage.name for stage in PIPELINE]
PROCESSES = [*(stage.name for stage in ALL), "search"]
RECHECKS = 3  # of each article, as deploy/newsroom/sources.toml says
Line = dict[str, Any]


@pytest.fixture(scope="module")
def system(landed_tree: Path | None) -> Iterator[Deployment]:
    """Deployed as the last landed version, which the first test upgrades; without history, as this one."""
    with deployed(Deployment(root=landed_tree or ROOT)) as running:
        yield running


def test_an_upgrade_with_messages_in_flight_on_every_topic_loses_nothing(system: Deployment, landed_tree: Path | None):
    if landed_tree is None:
        pytest.skip("this checkout has no git history, so no landed version to upgrade from")
    system.build(ROOT)  # while the old one runs, so that it is away for no longer than a start takes
    flying = {}
    for stage in reversed(STAGES[1:]):  # from the last to the first: each topic fills with the old version's messages
        system.compose("stop", stage)
        wait_until(lambda: system.waiting(stage) > 2, 120, lambda: f"nothing comes for the {stage}")  # noqa: B023 - now
        flying[stage] = system.waiting(stage)
    print(f"in flight: {flying}")
    before = {line["url"] for line in system.truth()}
    system.upgrade()
    everything_arrives(system)
    nothing_twice(system)
    assert not missing(system, [line for line in system.truth() if line["url"] in before])


def test_articles_of_the_newsroom_are_searchable_through_the_published_port(system: Deployment):
    published = everything_arrives(system)
    assert len(published) > 40
    gone = {line["url"] for line in system.truth() if line["state"] != "live"}
    live = [line for line in published if line["url"] not in gone]
    for line in live[:: max(1, len(live) // 12)]:
        hits = system.get(f"/api/search?q={quote(line['words'][0])}&size=100")["hits"]
        assert article_id(line["url"]) in {hit["id"] for hit in hits}, line["words"]
    nothing_twice(system)


def test_refused_and_withdrawn_articles_are_not_there(system: Deployment):
    hidden = [line for line in system.truth() if line["state"] == "refused"]
    assert hidden
    for line in hidden:
        assert system.get(f"/api/articles/{article_id(line['url'])}") is None, line["url"]


LOOK_INSIDE = """
import importlib.metadata, json, os, re, shutil
print(json.dumps({
    'packages': {re.sub('[-_.]+', '-', d.name).lower(): d.version for d in importlib.metadata.distributions()},
    'services': sorted(name for name in os.listdir('services') if not name.startswith('__')),
    'compilers': [name for name in ('gcc', 'cc', 'g++', 'clang', 'cargo', 'rustc') if shutil.which(name)],
    'user': os.getuid(),
    'writable': [path for path in ('/', '/app', '/venv', '/usr', '/etc') if os.access(path, os.W_OK)],
}))
"""


@pytest.mark.parametrize("service", IMAGES)
def test_an_image_holds_its_service_alone_and_what_its_bill_of_materials_says(system: Deployment, service: str):
    inside = json.loads(system.compose("exec", "-T", service, "/venv/bin/python", "-c", LOOK_INSIDE))
    assert inside["services"] == [service]
    assert inside["compilers"] == []
    assert inside["user"] == 10001
    assert inside["writable"] == []
    assert inside["packages"] == {one["name"]: one["version"] for one in bom(service)["components"]}


def test_prometheus_scrapes_every_service_and_evaluates_the_shipped_rules(system: Deployment):
    wait_until(
        lambda: {sample["metric"]["job"] for sample in system.query("up == 1")} >= {*PROCESSES, "newsroom"},
        90,
        lambda: system.query("up"),
    )
    assert system.query("sum(wireroom_messages_total) > 0")
    for name in ("wireroom_feeds", "wireroom_server_reachable", "wireroom_consumer_lag_messages"):
        assert system.query(name), f"nobody exports {name}"
    assert not system.query("prometheus_rule_evaluation_failures_total > 0")


def test_two_fetchers_share_the_hosts_and_ask_none_for_the_same_again(system: Deployment):
    known, robots = {line["url"] for line in system.truth()}, robots_asked(system)
    holding(system, 1)
    system.healthy("fetcher", "--scale", "fetcher=2")
    holding(system, 2)

    def come() -> list[Line]:
        return [line for line in system.truth() if line["url"] not in known and line["state"] == "live"]

    wait_until(lambda: len(come()) >= 12, 300, lambda: f"only {len(come())} new articles came")
    everything_arrives(system)
    system.healthy("fetcher", "--scale", "fetcher=1")
    holding(system, 1)
    everything_arrives(system)
    assert robots_asked(system) == robots  # what a host allows is known to whoever has its shard
    asked = system.asked()
    times = {line["url"]: (asked[line["url"]], line["revision"]) for line in come() if line["url"] in asked}
    assert len(times) >= 10
    # once, again at the ages that the source names, and for each edit; two that do not share ask twice as often
    assert {url: found for url, found in times.items() if found[0] > found[1] + RECHECKS} == {}
    nothing_twice(system)


def holding(system: Deployment, fetchers: int) -> None:
    """Waits until all shards are held, by so many fetchers."""
    held = "count(wireroom_shards_held > 0) and sum(wireroom_shards_held) == max(wireroom_shards)"
    wait_until(
        lambda: [float(sample["value"][1]) for sample in system.query(held)] == [fetchers],
        240,
        lambda: system.query("wireroom_shards_held"),
    )


def robots_asked(system: Deployment) -> dict[str, int]:
    return {url: times for url, times in system.asked().items() if url.endswith("/robots.txt")}


SCALED = ("tagger", "enricher", "indexer")  # the cleaner is scaled among the blips, the fetcher above


def test_stages_that_run_twice_share_the_work(system: Deployment):
    known = {line["url"] for line in system.truth()}
    for count in (2, 1):
        options = [word for stage in SCALED for word in ("--scale", f"{stage}={count}")]
        system.healthy(SCALED[-1], *options, *SCALED[:-1])
        if count == 2:
            wait_until(lambda: running(system) == dict.fromkeys(SCALED, 2), 240, lambda: running(system))
            wait_until(lambda: len({line["url"] for line in system.truth()} - known) >= 8, 300, system.truth)
        everything_arrives(system)
    nothing_twice(system)


def running(system: Deployment) -> dict[str, int]:
    """How many of each of these stages hold partitions of their topic."""
    holding = 'count by (stage) (count by (stage, instance) (wireroom_consumer_lag_messages{stage=~"%s"}))'
    samples = system.query(holding % "|".join(SCALED))
    return {sample["metric"]["stage"]: int(sample["value"][1]) for sample in samples}


def test_blips_lose_nothing_double_nothing_and_alarm_nobody(system: Deployment):
    wait_until(lambda: not system.alerts(), 600, lambda: f"there are alerts already: {system.alerts()}")
    began = time.monotonic()
    for one in PROCESSES:
        system.kill(one)
        system.healthy(one)
    system.healthy("cleaner", "--scale", "cleaner=3")
    wait_until(lambda: len(system.query('up{job="cleaner"} == 1')) == 3, 420, lambda: system.query("up"))
    slowest = 0.0
    for server in ("kafka", "opensearch"):
        system.compose("kill", server)
        gone = time.monotonic()
        time.sleep(AWAY_SECONDS)
        system.healthy(server)
        slowest = max(slowest, time.monotonic() - gone)
    everything_arrives(system, OUTLASTS_SECONDS)
    nothing_twice(system)
    window = int(time.monotonic() - began)
    samples = system.query(f'count by (alertname) (count_over_time(ALERTS{{alertstate="firing"}}[{window}s]))')
    fired = {sample["metric"]["alertname"] for sample in samples}
    if slowest > PATIENCE_SECONDS:  # then it was no blip
        print(f"a server needed {slowest:.0f} s to come back here, so that alerts were due: {fired or 'none fired'}")
        fired -= {"BrokerAway", "SearchAway", "StagePaused", "StageStalled", "OutboxStuck", "CanaryLate"}
    assert fired == set()


OUTAGES = {"kafka": "BrokerAway", "opensearch": "SearchAway", "cleaner": "ProcessDown"}


@pytest.mark.parametrize(("service", "alert"), OUTAGES.items(), ids=list(OUTAGES))
def test_an_outage_fires_its_alert_and_its_end_resolves_it(system: Deployment, service: str, alert: str):
    system.compose("stop", service)
    try:
        fired = wait_until(lambda: alert in system.firing(), FIRES_SECONDS, lambda: f"firing: {system.firing()}")
    finally:
        system.compose("start", service)
    resolved = wait_until(lambda: alert not in system.firing(), RESOLVES_SECONDS, lambda: f"firing: {system.firing()}")
    print(f"{alert} fired {fired:.0f} s after {service} went, and resolved {resolved:.0f} s after it came back")
    everything_arrives(system, OUTLASTS_SECONDS)


def test_after_all_that_nothing_is_lost_or_doubled(system: Deployment):
    count = len(everything_arrives(system))
    nothing_twice(system)
    stats = system.compose("stats", "--no-stream", "--format", "{{json .}}")
    memory = {row["Name"]: mebibytes(row["MemUsage"]) for row in map(json.loads, stats.splitlines())}
    print(f"{count} articles; MiB: {json.dumps(memory, indent=1)}")
    assert len(memory) >= len(PROCESSES) + 5  # the newsroom, two servers and two watchers
    assert sum(memory.values()) < 4096


def mebibytes(usage: str) -> float:
    """Of `12.5MiB / 1GiB`, what is used."""
    number, unit = re.match(r"([0-9.]+)([KMG])iB", usage).groups()  # type: ignore[union-attr]
    return float(number) * {"K": 1 / 1024, "M": 1, "G": 1024}[unit]


def test_a_backup_comes_back_into_a_deployment_that_lost_everything(system: Deployment, tmp_path: Path):
    before = {line["url"] for line in everything_arrives(system)}
    profiled = wait_for_profiles(system)
    system.backup("save", tmp_path / "backup")
    fetched = fates(system)["fetched"]
    system.compose("down")
    for volume in ("fetcher", "profiler", "kafka", "opensearch"):
        system.forget(volume)
    others = [name for name in system.compose("config", "--services").split() if name != "fetcher"]
    system.compose("up", "--detach", "--wait", "--wait-timeout", "900", *others)
    system.compose("create", "fetcher")  # it would find everything again before anybody could look
    system.backup("restore", tmp_path / "backup")
    assert not missing(system, [line for line in system.truth() if line["url"] in before])
    assert fates(system)["fetched"] >= fetched * 0.9  # those of the backup: some came while it was taken
    everything_arrives(system)
    nothing_twice(system)
    assert wait_for_profiles(system) >= profiled


def wait_for_profiles(system: Deployment) -> float:
    """How many hosts' profiles a cleaner has, by its own word: Prometheus goes on showing the last of one that went."""
    known = 0.0

    def some() -> bool:
        nonlocal known
        told = system.compose("exec", "-T", "cleaner", "python", "-c", READ, "http://127.0.0.1:9100/metrics")
        said = re.search(r"^wireroom_host_profiles (\S+)", told, re.M)
        known = float(said[1]) if said else 0.0
        return known > 0

    wait_until(some, 240, lambda: "no host profile has reached the cleaner")
    return known


def fates(system: Deployment) -> dict[str, int]:
    """The fate of every URL, as the status page says."""
    found: dict[str, int] = {}

    def known() -> bool:
        found.update(system.get("/api/status")["fetching"]["fates"])
        return bool(found)

    wait_until(known, 60, lambda: "the fetcher's store cannot be seen")
    return found
