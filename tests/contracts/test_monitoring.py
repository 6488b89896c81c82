"""Rules, alerts, runbook, metric catalogue and dashboards say the same: no alert on a metric that nobody exports."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import Histogram, MetricWrapperBase

from deploy.grafana.dashboards import DASHBOARDS, FOLDER, SOURCE, files
from shared.observe import metrics
from shared.topology import STAGES
from tests.fixtures.programs import program

ROOT = Path(__file__).parent.parent.parent
PROMETHEUS, GRAFANA = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "grafana"
ALERTMANAGER = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yml"))
CASE_FILES = sorted((PROMETHEUS / "tests").glob("*.yml"))
SCRAPED = {**{stage.name: 9100 for stage in STAGES}, "search": 8800, "newsroom": 8815}
WATCHERS = {"prometheus": 9090, "alertmanager": 9093}
# What Prometheus adds, what every client library exports, and what the two servers say of themselves.
FOREIGN = {
    "up": {"job", "instance"},
    "process_resident_memory_bytes": {"job", "instance"},
    "process_cpu_seconds_total": {"job", "instance"},
    "alertmanager_notifications_failed_total": {"integration"},
    "prometheus_rule_evaluation_failures_total": {"rule_group"},
}
UNUSED: dict[str, str] = {}  # metrics of the catalogue that no rule and no panel shows, and why they are there

CATALOGUE = {name: one for name, one in vars(metrics).items() if isinstance(one, MetricWrapperBase)}


def rules() -> list[dict[str, Any]]:
    return [
        rule for file in RULE_FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
    ]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def expressions() -> dict[str, str]:
    """Where it stands, to expression: all rules and panels."""
    found = {rule.get("alert") or rule["record"]: str(rule["expr"]) for rule in rules()}
    for uid, (_, rows) in DASHBOARDS.items():
        for row in rows:
            for panel in row:
                for place, (query, _) in enumerate(panel.queries):
                    found[f"{uid}: {panel.title} {place}"] = query
    return found


def exported() -> dict[str, set[str]]:
    """Every sample name of the catalogue, with its labels and those that a scrape adds."""
    found = {name: set(labels) for name, labels in FOREIGN.items()}
    for one in CATALOGUE.values():
        name, labels = one._name, {*one._labelnames, "job", "instance"}
        if isinstance(one, Histogram):
            found |= {f"{name}_bucket": {*labels, "le"}, f"{name}_count": labels, f"{name}_sum": labels}
        else:
            found[name + ("_total" if one._type == "counter" else "")] = labels
    return found


NAME = re.compile(r"\b(?:wireroom|sli:|stage:|process|alertmanager|prometheus)[a-z0-9_:]+|\bup\b")
SELECTOR = re.compile(r"([a-z_:][a-z0-9_:]*)\{([^}]*)\}")


def names(expression: str) -> list[str]:
    return NAME.findall(re.sub(r'"[^"]*"', "", expression))


@pytest.mark.parametrize(("where", "expression"), expressions().items(), ids=list(expressions()))
def test_every_metric_in_a_rule_or_panel_is_exported(where: str, expression: str):
    known = exported()
    assert names(expression), f"{where} looks at no metric"
    for name in names(expression):
        assert name in known or name in RECORDED, f"{where} looks at {name}, which nobody exports"
    for name, inside in SELECTOR.findall(expression):
        for label, value in re.findall(r'([a-z_]+)[=!~]+"([^"]*)"', inside):
            assert label in known[name], f"{where}: {name} has no label {label}"
            if label == "le":
                bounds = {str(float(bound)) for bound in (metrics.JOURNEY_SECONDS)}
                assert value in bounds, f'{where}: le="{value}" is no bucket bound as prometheus_client writes it'


def test_every_metric_in_the_catalogue_is_used_or_explained():
    used = {name for expression in expressions().values() for name in names(expression)}
    for one in CATALOGUE.values():
        samples = {one._name, f"{one._name}_total", f"{one._name}_bucket", f"{one._name}_count"}
        assert used & samples or one._name in UNUSED, f"no rule and no panel shows {one._name}: add one, or say why"
    assert not set(UNUSED) & used


def test_every_alert_says_how_bad_it_is_and_where_to_read_on():
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in ("page", "ticket"), name
        assert rule["for"], f"{name} fires at the first sample: a blip is no alert"
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert rule["annotations"]["summary"]


def test_runbook_has_one_entry_for_each_alert():
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    assert set(entries) == set(ALERTS)
    for name, entry in entries.items():
        for part in ("**Means.**", "**Look.**", "**Do.**"):
            assert part in entry, f"the runbook's {name} lacks {part}"


def cases() -> Iterator[tuple[str, bool]]:
    for file in CASE_FILES:
        for test in yaml.safe_load(file.read_text())["tests"]:
            for case in test.get("alert_rule_test", ()):
                yield case["alertname"], bool(case["exp_alerts"])


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_has_a_case_that_fires_it_and_one_that_does_not(alert: str):
    assert (alert, True) in set(cases()), f"no case in deploy/prometheus/tests fires {alert}"
    assert (alert, False) in set(cases()), f"no case in deploy/prometheus/tests keeps {alert} quiet"


def scrape_jobs() -> dict[str, dict[str, Any]]:
    configuration = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    return {job["job_name"]: job for job in configuration["scrape_configs"]}


def test_one_scrape_job_for_each_service_named_as_in_the_topology():
    jobs = scrape_jobs()
    assert set(jobs) == set(SCRAPED) | set(WATCHERS)
    for name, port in SCRAPED.items():
        (found,) = jobs[name]["dns_sd_configs"]
        assert (found["type"], found["port"]) == ("A", port), name
        assert found["names"] in ([name], [f"{name}.metrics"])


def test_an_absent_service_is_noticed_whichever_it_is():
    watched = set(re.findall(r'absent\(up\{job="(\w+)"\}\)', ALERTS["ProcessDown"]["expr"]))
    assert watched == set(scrape_jobs()) - {"prometheus"}


def test_inhibition_names_alerts_that_exist():
    for rule in yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            ((operator, pattern),) = re.findall(r'alertname (=~?) "(.+)"', matcher)
            for name in pattern.split("|") if operator == "=~" else [pattern]:
                assert any(re.fullmatch(name, alert) for alert in ALERTS), f"there is no alert {name}"


def test_dashboards_are_what_the_code_says():
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == files(), (
        "run `python -m deploy.grafana.dashboards` and commit"
    )


def test_dashboards_use_the_provisioned_data_source():
    (given,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert (given["uid"], given["type"]) == (SOURCE["uid"], SOURCE["type"])
    for text in files().values():
        assert {json.dumps(panel["datasource"]) for panel in json.loads(text)["panels"]} == {json.dumps(SOURCE)}


def run(*command: str | Path) -> None:
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_prometheus_accepts_rules_configuration_and_every_panel(tmp_path: Path):
    promtool = program("promtool", "prometheus")
    panels = [
        {"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(expressions().values())
    ]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": panels}]}))
    run(promtool, "check", "rules", *RULE_FILES, file)
    run(promtool, "check", "config", "--syntax-only", PROMETHEUS / "prometheus.yml")


@pytest.mark.slow
@pytest.mark.parametrize("file", CASE_FILES, ids=lambda file: file.name)
def test_alerts_fire_and_stay_quiet(file: Path):
    run(program("promtool", "prometheus"), "test", "rules", file)


def test_alertmanager_accepts_its_configuration_as_shipped_and_with_the_example(tmp_path: Path):
    amtool = program("amtool", "prometheus-alertmanager")
    example = re.sub(
        r"^(\s+)# (webhook_configs:|  - url:|    send_resolved:)", r"\1\2", ALERTMANAGER.read_text(), flags=re.M
    )
    assert [len(one["webhook_configs"]) for one in yaml.safe_load(example)["receivers"]] == [1, 1]
    (tmp_path / "example.yml").write_text(example)
    run(amtool, "check-config", ALERTMANAGER, tmp_path / "example.yml")
