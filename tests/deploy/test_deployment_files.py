"""Dockerfile, compose.yaml and manifests say of the service what is true of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.check_deploy import Invalid, manifests, resources
from dev.temporal_cluster import DYNAMIC_CONFIG
from durable_edits.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "durable-edits"}
SETTINGS = {f"EDITS_{name.upper()}": field for name, field in Settings.model_fields.items()}
CONFIG = next(resource for _, resource in resources() if resource["kind"] == "ConfigMap")


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for _, resource in resources():
        if resource["kind"] == "Deployment":
            found: Any = resource
            yield found["metadata"]["name"], found["spec"]["template"]["spec"]


PODS = dict(pods())


def named_settings() -> set[str]:
    texts = [DOCKERFILE, *(path.read_text() for path in [ROOT / "compose.yaml", *ROOT.glob("deploy/**/*.yaml")])]
    return {name for text in texts for name in re.findall(r"\bEDITS_[A-Z_]+\b", text)}


def test_the_manifests_are_what_kubernetes_takes() -> None:
    assert "strictly" in manifests()


def test_a_manifest_with_a_field_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}}
    (tmp_path / "service.yaml").write_text(yaml.safe_dump(wrong))
    monkeypatch.setattr("dev.check_deploy.MANIFESTS", tmp_path)

    with pytest.raises(Invalid, match="prots"):
        manifests()


def test_every_setting_they_name_is_one_that_is_read() -> None:
    assert named_settings() <= set(SETTINGS)


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_pod_has_longer_to_end_than_the_service_takes(name: str) -> None:
    data: Any = CONFIG["data"]
    pod = PODS[name]
    pause = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["", "0"])[1]

    assert pod["terminationGracePeriodSeconds"] > float(data["EDITS_GRACE"]) + float(pause)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_compose_service_has_longer_to_end_than_it_takes(name: str) -> None:
    service = OURS[name]

    assert int(service["stop_grace_period"].removesuffix("s")) > float(service["environment"]["EDITS_GRACE"])


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_pod_is_nobody_and_writes_nothing(name: str) -> None:
    pod = PODS[name]
    container = pod["containers"][0]["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"]
    assert (container["readOnlyRootFilesystem"], container["allowPrivilegeEscalation"]) == (True, False)
    assert container["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_compose_service_writes_nothing(name: str) -> None:
    assert (OURS[name]["read_only"], OURS[name]["cap_drop"]) == (True, ["ALL"])


def test_the_image_has_all_code_of_the_service() -> None:
    copied = set(re.findall(r"^COPY (\w+) \./\w+$", DOCKERFILE, re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"dev", "tests", "benchmarks"}

    assert copied == packages


def test_what_the_image_needs_is_not_ignored() -> None:
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}

    wanted = " ".join(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)).split()

    assert kept == set(wanted)


def test_the_image_takes_only_what_the_lock_names() -> None:
    [install] = re.findall(r"pip install(?:[^\n\\]|\\\n)+", DOCKERFILE)

    assert {"--require-hashes", "--no-deps", "-r"} <= set(install.split())


def test_temporal_is_tuned_as_the_stack_here_is() -> None:
    shipped = yaml.safe_load((ROOT / "deploy" / "temporal-dynamic-config.yaml").read_text())

    assert {name: values[0]["value"] for name, values in shipped.items()} == DYNAMIC_CONFIG
