"""Edits can be searched in Temporal by what was registered there, and start just as well where nothing is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.processes import free_ports
from dev.temporal_server import start_server
from tests.forms import text_form
from tests.live import ROOT, Gateway, Live, inline, until
from tests.temporal_cli import TemporalCli

FORM = inline(text_form(["name"]), "wedding.pdf")


@pytest.fixture(scope="module")
def searched(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of its own: what is registered there is there for all."""
    folder = tmp_path_factory.mktemp("searched")
    [port] = free_ports(1)
    server = start_server(temporal_binary, db=None, port=port, ui_port=None, log=folder / "temporal.log")
    live = Live(folder, f"127.0.0.1:{port}")
    live.worker(wait=False)
    yield live
    live.stop()
    server.kill()


@pytest.fixture(scope="module")
def cli(temporal_binary: Path, searched: Live) -> TemporalCli:
    return TemporalCli(temporal_binary, searched.temporal)


@pytest.fixture(scope="module")
def gateway(searched: Live, cli: TemporalCli) -> Gateway:
    """One that comes after the attributes, and has seen an edit made before them."""
    before = searched.gateway()
    assert before.wait(before.start(FORM, "name: Ada"))["status"] == "completed"
    command = [sys.executable, "-m", "gateway", "search-attributes"]
    registered = subprocess.run(command, env=searched.env, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "EditsOrganization" in registered.stdout
    found = searched.gateway()
    until(lambda: bool(found_by(cli, 'EditsStatus = "nothing"') == []), 10, every=0.2)
    return found


def found_by(cli: TemporalCli, query: str) -> list[str]:
    rows = cli.workflow("list", "--query", query)
    return [row["execution"]["workflowId"] for row in rows or []]


def test_an_edit_is_found_by_its_organization_its_status_and_its_filenames_hash(
    gateway: Gateway, cli: TemporalCli
) -> None:
    edit_id = gateway.start(FORM, "name: Ada")
    gateway.wait(edit_id)
    told = subprocess.run(["sha256sum"], input=b"wedding.pdf", check=True, capture_output=True).stdout.decode()

    query = f'EditsOrganization = "acme" AND EditsStatus = "completed" AND EditsFilenameHash = "{told[:16]}"'

    until(lambda: edit_id in found_by(cli, query), 10, every=0.2)


def test_a_failed_edit_is_found_as_failed_and_no_longer_as_begun(gateway: Gateway, cli: TemporalCli) -> None:
    edit_id = gateway.start(b"%PDF-1.7 no objects", "name: Ada")
    gateway.wait(edit_id)

    until(lambda: edit_id in found_by(cli, 'EditsStatus = "failed"'), 10, every=0.2)
    assert edit_id not in found_by(cli, 'EditsStatus = "pending" OR EditsStatus = "in_progress"')


def test_an_edit_of_a_template_is_found_by_it(gateway: Gateway, cli: TemporalCli) -> None:
    made = gateway.http.post("/v1/edits/templates", json={"name": "Wedding", "document": FORM, "form_fields": []})
    assert made.status_code == 201, made.text
    template_id = made.json()["id"]
    answer = gateway.http.post("/v1/edits", json={"template_id": template_id, "instructions": "name: Ada"})

    query = f'EditsTemplate = "{template_id}"'

    until(lambda: found_by(cli, query) == [answer.json()["id"]], 10, every=0.2)


def test_an_edit_that_is_started_by_hand_needs_none_of_them(gateway: Gateway, cli: TemporalCli) -> None:
    wanted = json.dumps({"document": FORM, "instructions": "name: Ada"})
    cli.workflow(
        "start", "--type", "EditWorkflow", "--task-queue", "edits", "--workflow-id", "by-hand", "--input", wanted
    )

    until(lambda: cli.is_closed("by-hand"), 30)

    assert gateway.get("by-hand")["status"] == "completed"


def test_attributes_that_are_removed_again_stop_no_edit(gateway: Gateway, cli: TemporalCli) -> None:
    """The last test of the module: they are gone afterwards."""
    gateway.wait(gateway.start(FORM, "name: Ada"))  # by a gateway that has seen them
    operator = [str(cli.binary), "operator", "search-attribute", "remove", "--yes", "--address", cli.address]
    subprocess.run([*operator, "--name", "EditsTemplate", "--name", "EditsStatus"], check=True, capture_output=True)

    edit_id = gateway.start(FORM, "name: Ada")

    assert gateway.wait(edit_id)["status"] == "completed"
