"""`make up` keeps one key for a home, and says which port is in its way."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dev.errors import PortTaken, StackError
from dev.processes import free_ports
from dev.sample_form import sample_form
from dev.stack import Stack
from dev.up import GATEWAY, free_port, new_or_kept_key, wants_production, welcome
from durable_edits.contracts import EditInput
from durable_edits.storage.document_urls import decode_data_url

ROOT = Path(__file__).parents[2]


def stack(home: Path, **env: str) -> Stack:
    return Stack(home, temporal_port=7233, ui_port=8233, gateway_port=8000, env=env)


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    assert new_or_kept_key(tmp_path) == new_or_kept_key(tmp_path)


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    new_or_kept_key(tmp_path)

    assert stat.S_IMODE((tmp_path / "api-key").stat().st_mode) == 0o600


def test_every_home_has_a_key_of_its_own(tmp_path: Path) -> None:
    for home in ("one", "other"):
        (tmp_path / home).mkdir()

    assert new_or_kept_key(tmp_path / "one") != new_or_kept_key(tmp_path / "other")


def test_a_taken_port_is_named_with_the_variable_that_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("EDITS_PORT", str(port))

        with pytest.raises(PortTaken, match=f"Port {port}, for the gateway, is taken.* set EDITS_PORT"):
            free_port(*GATEWAY)


def test_a_stack_that_is_none_is_named() -> None:
    with pytest.raises(StackError, match="no stack prod: STACK is dev or production"):
        wants_production({"STACK": "prod"})


def test_it_prints_the_urls_and_the_key(tmp_path: Path) -> None:
    text = welcome(stack(tmp_path), "secret-key")

    assert all(part in text for part in ("http://127.0.0.1:8000", "http://127.0.0.1:8233", "secret-key"))


def test_the_sample_it_writes_is_a_workflow_input(tmp_path: Path) -> None:
    welcome(stack(tmp_path), "secret-key")

    edit = EditInput.model_validate(json.loads((tmp_path / "sample" / "input.json").read_text()))

    assert decode_data_url(edit.document.url) == ("application/pdf", sample_form())


def test_our_own_server_is_reached_without_the_settings_of_another(tmp_path: Path) -> None:
    env = stack(tmp_path, TEMPORAL_NAMESPACE="prod", TEMPORAL_API_KEY="x", PATH="/bin").env

    assert {name for name in env if name.startswith("TEMPORAL_")} == {"TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE"}


def test_somebody_elses_server_keeps_its_settings(tmp_path: Path) -> None:
    env = stack(tmp_path, TEMPORAL_ADDRESS="prod:7233", TEMPORAL_NAMESPACE="prod").env

    assert (env["TEMPORAL_ADDRESS"], env["TEMPORAL_NAMESPACE"]) == ("prod:7233", "prod")


def test_one_process_that_cannot_start_takes_the_others_down(tmp_path: Path) -> None:
    """The gateway refuses its keys while the worker still waits for a server that accepts and never answers."""
    [gateway] = free_ports(1)
    program = f"""
import os
from pathlib import Path
from dev import stack
from dev.errors import ProcessDied
stack.GRACE = 0.2
env = {{**os.environ, "EDITS_API_KEYS": "without-an-organization"}}
whole = stack.Stack(Path({str(tmp_path)!r}), temporal_port=0, ui_port=None, gateway_port={gateway}, env=env)
try:
    whole.__enter__()
except ProcessDied as error:
    print(error)
print([process.exit_code is not None for process in whole.processes])
os._exit(0)
"""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        env = {**os.environ, "TEMPORAL_ADDRESS": f"127.0.0.1:{silent.getsockname()[1]}"}
        command = [sys.executable, "-c", program]
        run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=120)

    assert "gateway ended with code 1" in run.stdout
    assert run.stdout.endswith("[True, True]\n")
