"""`make check-deploy`: Dockerfile, compose.yaml and Kubernetes manifests through their own validators, where these are.

No engine and no cluster is needed, and none is asked: whether images exist and pods start, only those can tell.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import kubernetes_validate
import yaml

from dev.errors import NotMade
from dev.program_cache import cached, go_program, make_once, named, versioned

ROOT = Path(__file__).parent.parent
MANIFESTS = ROOT / "deploy" / "kubernetes"
KUBERNETES = ("1.29", kubernetes_validate.latest_version())  # the oldest that is meant, and the newest known
COMPOSE_GO = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"  # what `docker compose config` reads files with
SECRETS = ("POSTGRES_PASSWORD", "OBJECTS_SECRET", "EDITS_API_KEYS")


class Invalid(Exception):
    """What the validator said."""


class NotHere(Exception):
    """There is no such validator on this machine."""


def main() -> int:
    checks: dict[str, Callable[[], str]] = {
        "Kubernetes manifests": manifests,
        "kustomization": kustomization,
        "compose.yaml": compose,
        "Dockerfile": dockerfile,
    }
    faults = 0
    for name, check in checks.items():
        try:
            print(f"ok       {name}: {check()}")
        except Invalid as error:
            faults += 1
            print(f"invalid  {name}: {error}")
        except NotHere as error:
            print(f"not run  {name}: {error}")
    return 1 if faults else 0


def manifests() -> str:
    count = 0
    for path, resource in resources():
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(resource, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                raise Invalid(f"{path.name}, {resource['kind']}: {error.message} (Kubernetes {version})") from error
        count += 1
    return f"{count} resources against the schemas of Kubernetes {' and '.join(KUBERNETES)}, strictly"


def resources() -> Iterator[tuple[Path, dict[str, object]]]:
    """Every resource with its file."""
    for path in sorted(MANIFESTS.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            for resource in yaml.safe_load_all(path.read_text()):
                yield path, resource


def kustomization() -> str:
    _program("kubectl")
    rendered = _run(["kubectl", "kustomize", str(MANIFESTS)])
    return f"kubectl renders {len(list(yaml.safe_load_all(rendered)))} resources"


def compose() -> str:
    env = {**os.environ, **dict.fromkeys(SECRETS, "organization:a-secret")}
    if _has_docker_compose():
        _run(["docker", "compose", "-f", str(ROOT / "compose.yaml"), "config", "--quiet"], env)
        return "docker compose takes it"
    reader = cached(versioned("compose-go", COMPOSE_GO))
    try:
        make_once(reader, [go_program(COMPOSE_GO, "some seconds")], os.environ, named("compose-go", print))
    except NotMade as error:
        raise NotHere(f"neither docker compose nor Go is here ({error})") from error
    _run([str(reader), "-no-interpolation", str(ROOT / "compose.yaml")])
    return "compose-go, which docker compose reads files with, takes it"


def _has_docker_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


def dockerfile() -> str:
    _program("hadolint")
    _run(["hadolint", str(ROOT / "Dockerfile")])
    return "hadolint finds nothing"


def _program(name: str) -> None:
    if shutil.which(name) is None:
        raise NotHere(f"{name} is not on PATH")


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    """What it prints; raises Invalid with its last words."""
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise Invalid(" ".join((done.stderr or done.stdout).strip().splitlines()[-3:])[:500])
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
