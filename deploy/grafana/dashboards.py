"""The Grafana dashboards as code: `python -m deploy.grafana.dashboards` writes `deploy/grafana/dashboards/*.json`.

A dashboard is rows of panels; a panel is a title, a unit, and queries with their legends. Everything else (places,
numbers, colours) follows from that, so the JSON never has to be read. `tests/contracts/test_monitoring.py` holds that
every query can be parsed and names a metric that somebody exports, and that the committed files are these.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "wireroom-prometheus"}
WIDTH, HEIGHT = 24, 8  # of Grafana's grid, and of one panel


@dataclass(frozen=True)
class Panel:
    """One graph, or one number where `kind` is stat. `queries` are (expression, legend)."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
    kind: str = "timeseries"
    tells: str = ""  # what to make of it, shown on the panel's (i)
    limit: float | None = None  # from here on it is drawn in red


def p95(metric: str, by: str = "") -> str:
    """The 95th percentile of a histogram over five minutes."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile(0.95, sum by ({labels}) (rate({metric}_bucket[5m])))"


def rate(metric: str, by: str) -> str:
    """Events per second over five minutes."""
    return f"sum by ({by}) (rate({metric}[5m]))"


LATE = "sli:fetch_to_index_late:ratio_rate"

OVERVIEW = (
    (
        Panel(
            "Budget left",
            "percentunit",
            [(f"clamp_min(1 - {LATE}28d / 0.01, 0)", "")],
            "stat",
            "Of the 1 % of 28 days' articles that may take over five minutes from fetch to search.",
        ),
        Panel("Searchable within 5 minutes", "percentunit", [(f"1 - {LATE}1h", "")], "stat", "Share of the last hour."),
        Panel("Documents", "short", [("max(wireroom_index_documents)", "")], "stat"),
        Panel("Processes down", "short", [("count(up == 0) or vector(0)", "")], "stat", limit=1),
    ),
    (
        Panel("Finished messages", "reqps", [("stage:wireroom_messages:rate5m", "{{stage}}")]),
        Panel("Waiting messages", "short", [("stage:wireroom_consumer_lag_messages:sum", "{{stage}}")]),
        Panel(
            "Late articles, by window",
            "percentunit",
            [(f"{LATE}{window}", window) for window in ("5m", "30m", "1h", "6h", "3d")],
            tells="Pages at 14.4 % over 1 h and 5 m, and at 6 % over 6 h and 30 m.",
            limit=0.01,
        ),
    ),
    (
        Panel(
            "Fetch to search, 95th percentile",
            "s",
            [(p95("wireroom_fetch_to_index_seconds"), "all sources")],
            limit=300,
        ),
        Panel(
            "Publication to search, 95th percentile",
            "s",
            [(p95("wireroom_publish_to_index_seconds"), "by the page's own date")],
            tells="Includes the publisher's delay and our polling interval.",
        ),
        Panel(
            "Canary",
            "s",
            [
                ("max(wireroom_canary_waiting_seconds)", "oldest not found yet"),
                (p95("wireroom_canary_publish_to_search_seconds"), "publication to search, 95th percentile"),
            ],
            tells="The newsroom's own articles, looked for in search from outside.",
            limit=300,
        ),
    ),
    (
        Panel(
            "Servers in reach",
            "short",
            [("max by (server) (wireroom_server_reachable)", "{{server}}")],
            tells="1: yes.",
        ),
        Panel("Memory", "bytes", [('sum by (job) (process_resident_memory_bytes{job!=""})', "{{job}}")]),
        Panel("Processor", "percentunit", [('sum by (job) (rate(process_cpu_seconds_total{job!=""}[5m]))', "{{job}}")]),
    ),
)

STAGES = (
    (
        Panel(
            "Passed", "reqps", [('sum by (stage) (rate(wireroom_messages_total{outcome="passed"}[5m]))', "{{stage}}")]
        ),
        Panel(
            "Parked, by reason", "reqps", [(rate("wireroom_rejected_total", "stage, reason"), "{{stage}}: {{reason}}")]
        ),
        Panel(
            "Time per message, 95th percentile", "s", [(p95("wireroom_stage_duration_seconds", "stage"), "{{stage}}")]
        ),
    ),
    (
        Panel("Waiting messages", "short", [("stage:wireroom_consumer_lag_messages:sum", "{{stage}}")]),
        Panel("Age of the oldest", "s", [("max by (stage) (wireroom_consumer_lag_seconds)", "{{stage}}")], limit=300),
        Panel("In flight", "short", [("sum by (stage) (wireroom_in_flight_messages)", "{{stage}}")]),
    ),
    (
        Panel(
            "Paused", "short", [("max by (stage) (wireroom_stage_paused)", "{{stage}}")], tells="1: holds everything."
        ),
        Panel(
            "Since the last success",
            "s",
            [("time() - max by (stage) (wireroom_last_success_timestamp_seconds > 0)", "{{stage}}")],
        ),
        Panel("Replicas", "short", [("count by (job) (up == 1)", "{{job}}")]),
    ),
    (
        Panel(
            "Hosts with a profile",
            "short",
            [('max by (job) (wireroom_host_profiles{job=~"cleaner|enricher|profiler"})', "{{job}}")],
            tells="Cleaner and enricher should know as many as the profiler, a few seconds later.",
        ),
        Panel(
            "Garbled articles",
            "reqps",
            [("sum(rate(wireroom_garbled_articles_total[1h]))", "")],
            tells="Indexed with characters of the wrong charset: a publisher's own slip, or a declaration that lies.",
        ),
        Panel("Host profiles published", "reqps", [("sum(rate(wireroom_host_profiles_published_total[5m]))", "")]),
    ),
)

SINK_AND_SEARCH = (
    (
        Panel(
            "Documents offered, by verdict", "reqps", [(rate("wireroom_index_items_total", "verdict"), "{{verdict}}")]
        ),
        Panel("Time of one write, 95th percentile", "s", [(p95("wireroom_index_batch_duration_seconds"), "write")]),
        Panel("Documents", "short", [("max(wireroom_index_documents)", "live")]),
    ),
    (
        Panel("Searches, by outcome", "reqps", [(rate("wireroom_searches_total", "outcome"), "{{outcome}}")]),
        Panel("Time of one search, 95th percentile", "s", [(p95("wireroom_search_duration_seconds"), "search")]),
        Panel(
            "Fetch to search",
            "s",
            [
                (f"histogram_quantile({share}, sum by (le) (rate(wireroom_fetch_to_index_seconds_bucket[5m])))", name)
                for share, name in ((0.5, "median"), (0.95, "95th percentile"), (0.99, "99th percentile"))
            ],
            limit=300,
        ),
    ),
)

SOURCES = (
    (
        Panel("Feeds, by state", "short", [("sum by (state) (wireroom_feeds)", "{{state}}")]),
        Panel("Polls, by outcome", "reqps", [(rate("wireroom_feed_polls_total", "outcome"), "{{outcome}}")]),
        Panel("Entries not followed", "reqps", [(rate("wireroom_feed_entries_dropped_total", "reason"), "{{reason}}")]),
    ),
    (
        Panel("URLs, by fate", "reqps", [(rate("wireroom_urls_total", "fate"), "{{fate}}")]),
        Panel("Refused, by reason", "reqps", [(rate("wireroom_refusals_total", "reason"), "{{reason}}")]),
        Panel(
            "Outbox",
            "short",
            [('max(wireroom_outbox_messages{job="fetcher"})', "fetched and not acknowledged")],
            tells="Should return to 0. It grows while the broker is away, and fetching stops where it is full.",
        ),
    ),
)

DASHBOARDS = {
    "overview": ("Wireroom: overview", OVERVIEW),
    "stages": ("Wireroom: stages", STAGES),
    "sink-and-search": ("Wireroom: sink and search", SINK_AND_SEARCH),
    "sources": ("Wireroom: sources", SOURCES),
}


def _panel(number: int, panel: Panel, x: int, y: int, width: int, height: int) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [] if panel.limit is None else [{"color": "red", "value": panel.limit}]
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.tells,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": width, "h": height},
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}} if panel.kind == "timeseries" else {},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for place, (query, legend) in enumerate(panel.queries)
        ],
    }


def dashboard(uid: str, title: str, rows: Sequence[Sequence[Panel]]) -> dict[str, Any]:
    """One dashboard as Grafana reads it from a file; the panels of a row share its width."""
    panels: list[dict[str, Any]] = []
    y = 0
    for row in rows:
        width = WIDTH // len(row)
        height = HEIGHT // 2 if all(panel.kind == "stat" for panel in row) else HEIGHT
        for place, panel in enumerate(row):
            panels.append(_panel(len(panels) + 1, panel, place * width, y, width, height))
        y += height
    return {
        "uid": f"wireroom-{uid}",
        "title": title,
        "tags": ["wireroom"],
        "timezone": "utc",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": panels,
    }


def files() -> dict[str, str]:
    """File name to JSON of every dashboard."""
    return {
        f"{uid}.json": json.dumps(dashboard(uid, title, rows), indent=1, ensure_ascii=False) + "\n"
        for uid, (title, rows) in DASHBOARDS.items()
    }


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
