"""API keys in the catalog: made, listed and revoked by the command, known to running gateways within seconds."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from dev.errors import ProcessDied
from dev.processes import free_ports
from tests.forms import text_form
from tests.live import KEY, OTHER_KEY, ROOT, Gateway, Live, inline, until

FORM = inline(text_form(["name"]))
SOON = 6.0  # seconds; a running gateway looks every two


def keys(live: Live, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "keys", *arguments]
    return subprocess.run(command, env=live.env, cwd=ROOT, input=given, capture_output=True, text=True, check=False)


def new_key(live: Live, *arguments: str) -> str:
    made = keys(live, "create", *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def key_id(live: Live, organization: str) -> str:
    [found] = [line for line in keys(live, "list").stdout.splitlines() if line.split()[1] == organization]
    return found.split()[0]


def status(gateway: Gateway, key: str | None) -> int:
    return gateway.client(key).get("/v1/edits").status_code


def test_a_new_key_opens_every_running_gateway_within_seconds_and_no_longer_once_revoked(live: Live) -> None:
    gateways = [live.gateway(), live.gateway()]
    key = new_key(live, "gamma")
    until(lambda: [status(gateway, key) for gateway in gateways] == [200, 200], SOON)

    assert keys(live, "revoke", key_id(live, "gamma")).returncode == 0
    until(lambda: [status(gateway, key) for gateway in gateways] == [401, 401], SOON)
    assert [status(gateway, KEY) for gateway in gateways] == [200, 200]


def test_a_key_belongs_to_one_organization(live: Live) -> None:
    acme, gamma = new_key(live, "acme"), new_key(live, "gamma")
    gateway = live.gateway()
    edit_id = gateway.start(FORM, "name: Ada")

    answers = [gateway.client(key).get(f"/v1/edits/{edit_id}").status_code for key in (acme, gamma, OTHER_KEY)]
    assert answers == [200, 404, 404]


def test_test_and_live_are_separate_worlds(live: Live) -> None:
    tried, real = new_key(live, "gamma", "--environment", "test"), new_key(live, "gamma")
    gateway = live.gateway()
    body = {"document": FORM, "instructions": "name: Ada", "background": True}

    made = gateway.client(tried).post("/v1/edits", json=body).json()
    assert (tried[:8], real[:8]) == ("rt_test_", "rt_live_")
    assert gateway.client(tried).get(f"/v1/edits/{made['id']}").status_code == 200
    assert gateway.client(real).get(f"/v1/edits/{made['id']}").status_code == 404
    again = body | {"document": {"filename": "form.pdf", "url": f"https://storage.retab.com/{made['file']['id']}.pdf"}}
    assert gateway.client(tried).post("/v1/edits", json=again).status_code == 201
    assert gateway.client(real).post("/v1/edits", json=again).status_code == 404


def test_a_key_that_clients_have_already_can_be_brought_along(live: Live) -> None:
    brought = keys(live, "create", "gamma", "--stdin", given="sk_retab_0123456789abcdefghij\n")

    assert brought.returncode == 0
    assert status(live.gateway(), "sk_retab_0123456789abcdefghij") == 200


@pytest.mark.parametrize("given", ["", "short", "with a space in the middle", "schlüssel-mit-umlaut"])
def test_what_makes_no_good_key_is_refused(live: Live, given: str) -> None:
    brought = keys(live, "create", "gamma", "--stdin", given=given)

    assert (brought.returncode, brought.stdout) == (1, "")
    assert "at least 16 printable" in brought.stderr


def test_a_list_shows_no_more_of_a_key_than_its_ends(live: Live) -> None:
    secret = new_key(live, "gamma")

    shown = keys(live, "list").stdout
    assert re.fullmatch(rf"key_\w+  gamma  rt_live_…{secret[-4:]}  created [-\dT:]+Z  valid\n", shown)


def test_the_catalog_holds_no_key(live: Live) -> None:
    secret = new_key(live, "gamma")

    with closing(sqlite3.connect(live.home / "catalog.db")) as connection:
        assert secret not in "\n".join(connection.iterdump())
        assert secret[8:] not in "\n".join(connection.iterdump())


def test_a_key_is_revoked_once(live: Live) -> None:
    new_key(live, "gamma")
    wanted = key_id(live, "gamma")

    answers = [keys(live, "revoke", each).returncode for each in (wanted, wanted, "key_unknown")]
    assert answers == [0, 1, 1]
    assert "revoked 20" in keys(live, "list").stdout


def test_no_two_organizations_have_one_key(live: Live) -> None:
    for organization, code in (("gamma", 0), ("delta", 1)):
        brought = keys(live, "create", organization, "--stdin", given="sk_retab_0123456789abcdefghij")
        assert brought.returncode == code

    assert "delta" not in keys(live, "list").stdout


def test_an_open_gateway_closes_with_the_first_key_and_stays_closed_without_it(live: Live) -> None:
    gateway = live.gateway(EDITS_API_KEYS="")
    assert status(gateway, None) == 200

    key = new_key(live, "gamma")
    until(lambda: status(gateway, None) == 401, SOON)
    assert status(gateway, key) == 200
    keys(live, "revoke", key_id(live, "gamma"))
    until(lambda: status(gateway, key) == 401, SOON)
    assert status(gateway, None) == 401


def test_keys_in_the_catalog_are_enough_for_any_address(live: Live) -> None:
    key = new_key(live, "gamma")

    gateway = live.gateway(EDITS_API_KEYS="", EDITS_HOST="0.0.0.0")  # noqa: S104
    assert (status(gateway, None), status(gateway, key)) == (401, 200)
    assert "whoever reaches" not in gateway.process.tail(100)


def test_a_catalog_that_does_not_answer_is_named(live: Live) -> None:
    [port] = free_ports(1)
    live.settings["EDITS_CATALOG_URL"] = f"postgresql+asyncpg://edits@127.0.0.1:{port}/edits"

    made = keys(live, "create", "gamma")
    assert (made.returncode, made.stdout) == (1, "")
    assert "check EDITS_CATALOG_URL" in made.stderr
    assert "Traceback" not in made.stderr
    with pytest.raises(ProcessDied, match="check EDITS_CATALOG_URL"):
        live.gateway(EDITS_API_KEYS="")
