"""Which Temporal server is taken, in which order, and what is said when there is none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dev import program_cache, temporal_binary
from dev.errors import NoTemporalServer
from dev.stack import Stack
from dev.temporal_binary import find_server

ROOT = Path(__file__).parents[2]


@dataclass
class Machine:
    """A made-up machine: its PATH, its cache, and what it was told."""

    root: Path
    said: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        # The proxy refuses at once: no download leaves this machine, however open its network is.
        proxy = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
        return {"PATH": str(self.root / "bin"), "XDG_CACHE_HOME": str(self.root / "cache"), **proxy}

    @property
    def cached(self) -> Path:
        return self.root / "cache" / "durable-edits" / "bin" / "temporal"

    def program(self, path: Path, script: str = "") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def go(self, script: str) -> None:
        self.program(self.root / "bin" / "go", f'echo "$@" >>{self.root}/go-calls\n{script}')

    @property
    def builds(self) -> list[str]:
        calls = self.root / "go-calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def find(self) -> Path:
        return find_server(self.env, self.said.append)


MAKES_A_PROGRAM = 'printf "#!/bin/sh\\n" >"$GOBIN/temporal"; /bin/chmod +x "$GOBIN/temporal"'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_server_named_in_the_environment_is_somebody_elses(tmp_path: Path) -> None:
    env = {"TEMPORAL_ADDRESS": "temporal.internal:7233"}

    stack = Stack(tmp_path, temporal_port=1, ui_port=2, gateway_port=3, env=env)

    assert (stack.temporal_address, stack.ui_url) == ("temporal.internal:7233", None)


def test_the_program_on_path_comes_before_the_cache(machine: Machine) -> None:
    machine.program(machine.cached)
    on_path = machine.program(machine.root / "bin" / "temporal")

    assert machine.find() == on_path


def test_a_cached_program_is_taken_without_a_build(machine: Machine) -> None:
    machine.go(MAKES_A_PROGRAM)
    machine.program(machine.cached)

    assert (machine.find(), machine.builds) == (machine.cached, [])


def test_it_says_which_program_it_took(machine: Machine) -> None:
    machine.program(machine.cached)

    machine.find()

    assert machine.said == [f"Temporal server: {machine.cached}"]


def test_without_any_it_builds_the_pinned_release_once(machine: Machine) -> None:
    machine.go(MAKES_A_PROGRAM)

    machine.find()
    machine.find()

    assert machine.builds == ["install github.com/temporalio/cli/cmd/temporal@v1.5.1"]


def test_a_failed_download_is_told_before_the_build(machine: Machine) -> None:
    machine.go(MAKES_A_PROGRAM)

    machine.find()

    assert any("download failed" in line for line in machine.said)


def test_a_half_made_program_is_never_left_behind(machine: Machine) -> None:
    machine.go(f"{MAKES_A_PROGRAM}; echo 'disk is full' >&2; exit 1")

    with pytest.raises(NoTemporalServer, match="disk is full"):
        machine.find()
    assert [path.name for path in machine.cached.parent.iterdir()] == ["making.lock"]


def test_what_a_killed_build_left_is_swept_away(machine: Machine) -> None:
    machine.go(MAKES_A_PROGRAM)
    machine.program(machine.cached.parent / "making" / "half-a-program")

    machine.find()

    assert {path.name for path in machine.cached.parent.iterdir()} == {"temporal", "making.lock"}


def test_the_reason_of_a_failed_download_is_the_servers(machine: Machine) -> None:
    machine.go(MAKES_A_PROGRAM)

    machine.find()

    assert any("failed to download" in line for line in machine.said)


def test_without_go_it_says_what_to_install(machine: Machine) -> None:
    with pytest.raises(NoTemporalServer, match=r"Install the `temporal` command line .* or Go .* TEMPORAL_ADDRESS"):
        machine.find()


def test_a_download_that_never_begins_is_given_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporal_binary, "FIRST_BYTE", 0.05)
    machine.go(MAKES_A_PROGRAM)

    machine.find()

    assert any("download was given up after" in line for line in machine.said)


def test_two_at_once_build_once(machine: Machine) -> None:
    machine.go(f"/bin/sleep 0.5; {MAKES_A_PROGRAM}")
    command = [sys.executable, "-c", "from dev.temporal_binary import find_server; find_server()"]
    both = [subprocess.Popen(command, env=machine.env, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [each.wait(60) for each in both] == [0, 0]
    assert len(machine.builds) == 1


def test_long_builds_say_how_long_they_take(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_cache, "PROGRESS", 0.2)
    machine.go(f"/bin/sleep 1; {MAKES_A_PROGRAM}")

    machine.find()

    assert any("the build, " in line for line in machine.said)
