"""The catalogue of metrics: everything in it moves somewhere, and what moves is in it and named as the field names."""

import ast
import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from shared.observe import metrics

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = {name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)}
MOVES = {"inc", "dec", "set", "observe", "time", "set_to_current_time", "set_function", "labels", "remove"}
OPEN = {"url", "host", "origin", "feed", "source", "article", "article_id", "domain"}  # a series each: never a label


def moved(code: str) -> set[str]:
    """The metrics that a module uses in a way that moves them: `metrics.NAME.inc()`, `NAME.labels(...)`."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr in MOVES - {"remove"}:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name in CATALOGUE:
                found.add(name)
    return found


def sources() -> list[Path]:
    found = [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
    return [path for path in found if path.name != "metrics.py"]


def test_every_metric_of_the_catalogue_is_moved_by_the_code() -> None:
    everywhere = set().union(*(moved(path.read_text(encoding="utf-8")) for path in sources()))
    still = sorted(CATALOGUE.keys() - everywhere)
    assert not still, f"{', '.join(still)}: take it out of shared/observe/metrics.py, or move it"


def test_the_search_for_moves_sees_moves_only() -> None:
    assert moved("metrics.MESSAGES.labels('a', 'b').inc()") == {"MESSAGES"}
    assert moved("with INDEX_BATCHES.time(): pass") == {"INDEX_BATCHES"}
    assert moved("from shared.observe.metrics import OUTBOX; print(OUTBOX, metrics.PAUSED.name)") == set()


def test_metrics_are_made_in_the_catalogue_and_nowhere_else() -> None:
    for path in sources():
        made = re.findall(
            r"\b(Counter|Gauge|Histogram|Summary|Enum|Info)\(\s*\"wireroom_", path.read_text(encoding="utf-8")
        )
        assert not made, f"{path.relative_to(ROOT)} makes a metric: put it into shared/observe/metrics.py"


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_metric_is_named_and_labelled_as_prometheus_wants(name: str) -> None:
    metric = CATALOGUE[name]
    described = metric.describe()[0]
    assert described.name.startswith("wireroom_")
    assert described.documentation.endswith(".")
    assert not set(metric._labelnames) & OPEN
    if isinstance(metric, Histogram):
        assert described.name.endswith("_seconds"), "base units"
    if isinstance(metric, Counter):
        assert not described.name.endswith("_total"), "the client adds it"
    assert isinstance(metric, (Counter, Gauge, Histogram))


def test_objectives_have_a_bucket_bound_of_their_own() -> None:
    assert 300.0 in metrics.JOURNEY_SECONDS, "99 % of articles are searchable five minutes after their fetch"
