"""Dashboard and alerts speak of what real processes show, in PromQL that Prometheus takes; each fires for its fault."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from durable_edits.errors import EngineCrashed, InfrastructureError
from tests.forms import many_fields_form, many_values, text_form
from tests.live import ROOT, until
from tests.watching.conftest import Measured

DASHBOARD = ROOT / "deploy" / "grafana" / "durable-edits.json"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
FIRING = ROOT / "deploy" / "prometheus" / "alerts_test.yaml"
PAGE = ROOT / "docs" / "observability.md"
METRIC = re.compile(r"\b(?:edits|temporal)_\w+")
LABELS = re.compile(r'\{[^}]*\}|"[^"]*"|by \([^)]*\)')


def asked(promql: str) -> set[str]:
    return set(METRIC.findall(LABELS.sub(" ", promql)))


def panels() -> list[str]:
    return [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]]


def alerts() -> list[str]:
    return re.findall(r"- alert: (\w+)", ALERTS.read_text())


@pytest.fixture(scope="module")
def shown(measured: Measured) -> set[str]:
    """The names on both pages once everything has happened that they count."""
    gateway = measured.gateway
    gateway.wait(gateway.start(text_form(["name"]), "name: Ada"))
    edit_id = gateway.start(many_fields_form(2_000), many_values(2_000))
    until(lambda: gateway.status(edit_id) == "in_progress", 30)
    gateway.cancel(edit_id)
    blobs = measured.live.home / "blobs"
    aside = blobs.rename(measured.live.home / "aside")
    blobs.write_text("no folder")
    gateway.create(text_form(["name"]), "name: Ada")
    blobs.unlink()
    aside.rename(blobs)
    until(lambda: "edits_open" in measured.of_gateway().names, 20)
    return measured.of_worker().names | measured.of_gateway().names


@pytest.mark.parametrize("file", [DASHBOARD, ALERTS], ids=lambda file: file.name)
def test_every_metric_that_is_asked_for_is_shown_by_a_real_process(file: Path, shown: set[str]) -> None:
    wanted = set().union(*map(asked, panels())) if file is DASHBOARD else asked(_expressions())

    assert wanted
    assert wanted - shown == set()


def _expressions() -> str:
    """The file without what is for people."""
    return re.sub(r"^ *(summary|runbook|#).*$", "", ALERTS.read_text(), flags=re.MULTILINE)


def test_every_metric_of_ours_is_on_the_dashboard(shown: set[str]) -> None:
    base = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown if name.startswith("edits_")}
    on_it = {re.sub(r"_(bucket|count|sum)$", "", name) for name in set().union(*map(asked, panels()))}

    assert base - on_it == set()


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    return found


def check(promtool: str, *arguments: str) -> None:
    done = subprocess.run([promtool, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_alerts(promtool: str) -> None:
    check(promtool, "check", "rules", str(ALERTS))


def test_prometheus_takes_every_query_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    queries = [query.replace("$__rate_interval", "5m") for query in panels()]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    check(promtool, "check", "rules", "--lint=none", str(tmp_path / "rules.yaml"))


def test_every_alert_fires_for_its_fault_and_not_before(promtool: str) -> None:
    told = FIRING.read_text()
    assert set(re.findall(r"alertname: (\w+)", told)) == set(re.findall(r'alertname="(\w+)"', told)) == set(alerts())
    check(promtool, "test", "rules", str(FIRING))


@pytest.mark.parametrize("alert", alerts())
def test_the_page_says_of_every_alert_what_it_means(alert: str) -> None:
    assert f"### {alert}\n" in PAGE.read_text()
    assert f"observability.md#{alert.lower()}" in ALERTS.read_text()


def test_every_fault_of_ours_wakes_somebody() -> None:
    """But a child that crashes: that is its document's doing, and has an alert of its own."""
    codes = {kind.code for kind in _tree(InfrastructureError)} - {EngineCrashed.code}
    [reasons] = re.findall(r'reason=~"([^"]*)"', ALERTS.read_text())

    assert codes - set(reasons.split("|")) == set()


def _tree(kind: type[InfrastructureError]) -> Iterator[type[InfrastructureError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)
