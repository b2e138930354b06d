"""On what the service stands on in production, nothing is lost when one of those servers is killed and comes back."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
import pytest

from dev.production import POSTGRES, STORE, TEMPORAL, Production
from tests.forms import many_fields_form, many_values, text_form
from tests.live import ROOT, TERMINAL, Gateway, until

FORM = text_form(["name"])
UNDER_WAY = 8


def test_an_edit_started_at_one_gateway_is_finished_at_the_other(gateways: list[Gateway]) -> None:
    edit_id = gateways[0].start(FORM, "name: Ada Lovelace")

    assert gateways[1].wait(edit_id)["status"] == "completed"


def test_a_filled_document_lies_in_the_object_store(gateways: list[Gateway], production: Production) -> None:
    edit_id = gateways[0].start(FORM, "name: Grace Hopper")
    gateways[0].wait(edit_id)

    stored = list((production.home / "objects").rglob(f"{edit_id}/filled-*.pdf"))

    assert len(stored) == 1


def test_temporals_own_pages_show_the_edit(gateways: list[Gateway], production: Production) -> None:
    edit_id = gateways[0].start(FORM, "name: Emmy Noether")
    gateways[0].wait(edit_id)

    def shown() -> bool:
        pages = httpx.get(f"{production.ui_url}/api/v1/namespaces/default/workflows", timeout=10, trust_env=False)
        return edit_id in pages.text

    until(shown, 15)


@pytest.mark.parametrize("server", [POSTGRES, STORE, TEMPORAL])
def test_edits_under_way_when_a_server_is_killed_all_complete(
    gateways: list[Gateway], production: Production, server: str
) -> None:
    form, values = many_fields_form(200), many_values(200)
    edits = [gateways[number % 2].start(form, values) for number in range(UNDER_WAY)]

    assert TERMINAL.isdisjoint(gateways[0].status(edit_id) for edit_id in edits[-2:])
    production.processes[server].kill()
    production.restart(server)

    for gateway in gateways:
        gateway.wait_ready()
    assert [gateways[0].wait(edit_id, seconds=90)["status"] for edit_id in edits] == ["completed"] * UNDER_WAY


def test_the_doctor_finds_nothing_wrong(gateways: list[Gateway], production: Production) -> None:
    command = [sys.executable, "-m", "durable_edits.doctor", "--gateway", gateways[1].url]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("EDITS_")}

    looked = subprocess.run(
        command, cwd=ROOT, env=production.environment(bare), capture_output=True, text=True, check=False
    )

    assert (looked.returncode, "warning" in looked.stdout) == (0, False), looked.stdout


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["kills", pytest.param("cancels", marks=pytest.mark.long)])
def test_every_promise_is_kept_in_a_short_storm(production: Production, part: str) -> None:
    command = [sys.executable, "-m", "tests.storm", part, "--edits", "60", "--minutes", "0.4", "--seed", "7"]

    storm = subprocess.run(
        command, cwd=ROOT, env=production.environment(os.environ), capture_output=True, text=True, check=False
    )

    assert storm.returncode == 0, storm.stdout + storm.stderr[-3_000:]
