"""What contrib/ says of the metrics, against the metrics."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from support.patience import PATIENCE_S
from support.store_samples import NOW, feed

from monitor.errors import FeedState
from monitor.model import DeliveryState
from monitor.web.metrics import BUCKETS_S, Observed, metrics_text

CONTRIB = Path(__file__).resolve().parents[2] / "contrib"
ALERTS = CONTRIB / "prometheus" / "alerts.yml"
DASHBOARD = CONTRIB / "grafana" / "dashboard.json"
ADDED_BY_PROMETHEUS = {"job", "instance"}
NAME = re.compile(r"\bmonitor_\w+")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|without) \(([^)]*)\)")


def exported():
    """Return the labels of every series that /metrics gives, by name."""
    record = replace(feed(), state=FeedState.OK, last_success_at=NOW, latency_s=1.0)
    counts = [0] * (len(BUCKETS_S) + 1)
    text = metrics_text(Observed(1, 1, {}, 0.0, (record,), (counts, 0.0), {"problems": []}), NOW).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def alerts():
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def dashboard():
    return json.loads(DASHBOARD.read_text())


def expressions():
    """Return every expression of the alerts and the dashboard."""
    board = dashboard()
    variables = [v["query"]["query"] for v in board["templating"]["list"] if v["type"] == "query"]
    targets = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return [*(rule["expr"] for rule in alerts()), *variables, *targets]


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_exists(expression):
    series = exported()
    names = set(NAME.findall(expression))
    assert names <= series.keys()
    assert names or "up{" in expression
    labels = ADDED_BY_PROMETHEUS.union(*(series[name] for name in names))
    used = {label for label, _ in MATCHER.findall(expression)}
    used |= {label.strip() for found in GROUPING.findall(expression) for label in found.split(",")}
    assert used <= labels


def test_every_state_that_is_named_exists():
    states = {value for text in expressions() for label, value in MATCHER.findall(text) if label == "state"}
    assert states
    assert states <= set(map(str, DeliveryState))


def test_every_metric_is_on_the_dashboard():
    shown = {name for text in expressions() for name in NAME.findall(text)}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported()} == {
        re.sub(r"_bucket$", "", name) for name in shown
    }


def test_every_alert_says_what_to_do():
    for rule in alerts():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
    names = [rule["alert"] for rule in alerts()]
    assert len(set(names)) == len(names)


def test_the_dashboard_fits_every_grafana():
    board = dashboard()
    used = [source["uid"] for source in find_all(board, "datasource") if isinstance(source, dict)]
    assert set(used) == {"${datasource}"}
    assert (board["id"], board["uid"]) == (None, None)
    assert not re.search(r"https?://|[0-9]+\.[0-9]+\.[0-9]+\.", DASHBOARD.read_text())
    cells = [
        (x, y)
        for p in board["panels"]
        for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
        for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def find_all(value, key):
    if isinstance(value, list):
        return [found for item in value for found in find_all(item, key)]
    if not isinstance(value, dict):
        return []
    return [*([value[key]] if key in value else []), *(f for item in value.values() for f in find_all(item, key))]


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool, of Prometheus, is not installed")
def test_prometheus_accepts_the_alerts_and_they_fire(tmp_path):
    run("check", "rules", str(ALERTS))
    cases = tmp_path / "cases.yml"
    cases.write_text(Path(__file__).with_name("alerts_test.yml").read_text().replace("ALERTS]", f"{ALERTS}]"))
    run("test", "rules", str(cases))


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool, of Prometheus, is not installed")
def test_prometheus_can_read_every_expression_of_the_dashboard(tmp_path):
    targets = [target["expr"].replace("$", "") for panel in dashboard()["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(targets)]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    run("check", "rules", str(file))


def run(*arguments):
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
